using Sockudo.Specification.Backends;

namespace Sockudo.Cluster.Tests.Failures;

/// <summary>On one Redis server.</summary>
public sealed class RedisFailureTests : ClusterFailureSpec
{
    private protected override async Task<IClusterBroker> StartBrokerAsync() => new RedisBroker(await RedisServer.StartAsync());
}
