namespace Sockudo.Server.Options;

/// <summary>Where webhook jobs wait.</summary>
public enum QueueDriver
{
    /// <summary><c>memory</c></summary>
    Memory,

    /// <summary><c>sqlite</c></summary>
    Sqlite,

    /// <summary><c>redis</c></summary>
    Redis,

    /// <summary><c>redis-cluster</c></summary>
    RedisCluster,

    /// <summary><c>sqs</c></summary>
    Sqs,

    /// <summary><c>none</c></summary>
    None,
}
