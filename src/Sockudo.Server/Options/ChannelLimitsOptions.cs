namespace Sockudo.Server.Options;

/// <summary>Section <c>channel_limits</c> of the configuration.</summary>
public sealed record ChannelLimitsOptions
{
    /// <summary>Characters of a channel name (N-2).</summary>
    public int MaxNameLength { get; init; } = 200;

    /// <summary>Seconds for which a cache channel keeps an event (K-2).</summary>
    public int CacheTtl { get; init; } = 1800;
}
