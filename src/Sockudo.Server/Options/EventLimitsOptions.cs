namespace Sockudo.Server.Options;

/// <summary>Section <c>event_limits</c> of the configuration.</summary>
public sealed record EventLimitsOptions
{
    /// <summary>Channels of one event (T-2).</summary>
    public int MaxChannelsAtOnce { get; init; } = 100;

    /// <summary>Characters of an event name.</summary>
    public int MaxNameLength { get; init; } = 200;

    /// <summary>KiB of an event's data (T-3, CE-9).</summary>
    public int MaxPayloadInKb { get; init; } = 100;

    /// <summary>Events of one batch (B-1).</summary>
    public int MaxBatchSize { get; init; } = 10;

    /// <summary>Client events per second and connection (CE-3).</summary>
    public int MaxClientEventsPerSecond { get; init; } = 10;
}
