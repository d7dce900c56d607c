namespace Sockudo.Server.Options;

/// <summary>Section <c>adapter.cluster</c> of the configuration.</summary>
public sealed record AdapterClusterOptions
{
    /// <summary>Seed nodes, <c>host:port</c> or URL.</summary>
    public IReadOnlyList<string> Nodes { get; init; } = [];

    /// <summary>Prefix of pub/sub channel names; default <c>{database.redis.key_prefix}adapter</c>.</summary>
    public string? Prefix { get; init; }

    /// <summary>Milliseconds to wait for another node's answer.</summary>
    public int RequestTimeoutMs { get; init; } = 5000;
}
