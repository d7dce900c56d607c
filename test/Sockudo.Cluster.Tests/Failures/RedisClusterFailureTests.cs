using Sockudo.Specification.Backends;

namespace Sockudo.Cluster.Tests.Failures;

/// <summary>On a Redis Cluster, of which a master dies.</summary>
public sealed class RedisClusterFailureTests : ClusterFailureSpec
{
    private protected override async Task<IClusterBroker> StartBrokerAsync() => new RedisClusterBroker(await RedisClusterServers.StartAsync("password"));
}
