namespace Sockudo.Server.Options;

/// <summary>Where requests are counted.</summary>
public enum RateLimiterDriver
{
    /// <summary><c>memory</c></summary>
    Memory,

    /// <summary><c>redis</c></summary>
    Redis,

    /// <summary><c>redis-cluster</c></summary>
    RedisCluster,

    /// <summary><c>none</c></summary>
    None,
}
