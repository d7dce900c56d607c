using Sockudo.Specification.Backends;
using Xunit;

[assembly: AssemblyFixture(typeof(Sockudo.Redis.Tests.ClusterRedis))]

namespace Sockudo.Redis.Tests;

/// <summary>A Redis Cluster.</summary>
public sealed class ClusterRedis() : LazyServer<RedisClusterServers>(static () => RedisClusterServers.StartAsync(Password))
{
    public const string Password = "cluster-secret";
}
