namespace Sockudo.Server.Options;

/// <summary>Section <c>queue.redis</c> of the configuration.</summary>
public sealed record QueueRedisOptions
{
    /// <summary>Workers of this node.</summary>
    public int Concurrency { get; init; } = 5;

    /// <summary>Key prefix; default <c>{database.redis.key_prefix}queue</c>.</summary>
    public string? Prefix { get; init; }

    /// <summary>Redis of the queue if it is not that of <c>database.redis</c>.</summary>
    public string? UrlOverride { get; init; }

    /// <summary>Behave as <c>redis-cluster</c>.</summary>
    public bool ClusterMode { get; init; }

    /// <summary>Milliseconds of a job's lease.</summary>
    public int LeaseMs { get; init; } = 30_000;
}
