namespace Sockudo.Server.Options;

/// <summary>Where cache channels keep their last event.</summary>
public enum CacheDriver
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
