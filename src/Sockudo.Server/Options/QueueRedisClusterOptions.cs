namespace Sockudo.Server.Options;

/// <summary>Section <c>queue.redis_cluster</c> of the configuration.</summary>
public sealed record QueueRedisClusterOptions
{
    /// <summary>Workers of this node.</summary>
    public int Concurrency { get; init; } = 5;

    /// <summary>Key prefix; default <c>{database.redis.key_prefix}queue</c>.</summary>
    public string? Prefix { get; init; }

    /// <summary>Seed nodes, <c>host:port</c> or URL.</summary>
    public IReadOnlyList<string> Nodes { get; init; } = [];

    /// <summary>Milliseconds of one command.</summary>
    public int RequestTimeoutMs { get; init; } = 5000;
}
