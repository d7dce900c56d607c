namespace Sockudo.Server.Options;

/// <summary>Section <c>queue</c> of the configuration.</summary>
public sealed record QueueOptions
{
    /// <summary>Where webhook jobs wait.</summary>
    public QueueDriver Driver { get; init; }

    /// <summary>Jobs of the dead-letter list (Redis); 0 = none.</summary>
    public int DeadLetterMax { get; init; } = 10_000;

    /// <summary>Section <c>queue.memory</c>.</summary>
    public QueueMemoryOptions Memory { get; init; } = new();

    /// <summary>Section <c>queue.redis</c>.</summary>
    public QueueRedisOptions Redis { get; init; } = new();

    /// <summary>Section <c>queue.redis_cluster</c>.</summary>
    public QueueRedisClusterOptions RedisCluster { get; init; } = new();

    /// <summary>Section <c>queue.sqs</c>.</summary>
    public QueueSqsOptions Sqs { get; init; } = new();
}
