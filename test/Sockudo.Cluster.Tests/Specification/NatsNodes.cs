using Sockudo.Cluster.Tests.Specification;
using Sockudo.Specification.Backends;
using Xunit;

[assembly: AssemblyFixture(typeof(NatsNodes))]

namespace Sockudo.Cluster.Tests.Specification;

/// <summary>Nodes on a cluster of three NATS servers.</summary>
public sealed class NatsNodes : ClusterNodes
{
    private NatsServers? _broker;

    protected override async Task<string[]> StartBrokerAsync()
    {
        _broker = await NatsServers.StartAsync(new NatsServersOptions { Count = 3 });
        return ["adapter.driver=nats", $"adapter.nats.servers={string.Join(',', _broker.Urls)}"];
    }

    protected override ValueTask StopBrokerAsync() => _broker?.DisposeAsync() ?? ValueTask.CompletedTask;
}
