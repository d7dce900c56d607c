using Sockudo.Specification.Backends;

namespace Sockudo.Cluster.Tests.Failures;

/// <summary>On a NATS server.</summary>
public sealed class NatsFailureTests : ClusterFailureSpec
{
    private protected override async Task<IClusterBroker> StartBrokerAsync() => new NatsBroker(await NatsServers.StartAsync());
}
