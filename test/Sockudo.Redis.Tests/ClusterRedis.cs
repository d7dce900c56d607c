using Sockudo.Specification.Backends;

namespace Sockudo.Redis.Tests;

/// <summary>A Redis Cluster.</summary>
public sealed class ClusterRedis() : LazyServer<RedisClusterServers>(static () => RedisClusterServers.StartAsync(Password))
{
    public const string Password = "cluster-secret";
}
