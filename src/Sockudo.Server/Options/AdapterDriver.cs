namespace Sockudo.Server.Options;

/// <summary>What carries messages between nodes.</summary>
public enum AdapterDriver
{
    /// <summary><c>local</c></summary>
    Local,

    /// <summary><c>redis</c></summary>
    Redis,

    /// <summary><c>redis-cluster</c></summary>
    RedisCluster,

    /// <summary><c>nats</c></summary>
    Nats,
}
