using Sockudo.Specification.Backends;

namespace Sockudo.Cluster.Tests.Failures;

/// <summary>A NATS server, which is killed and started again.</summary>
internal sealed class NatsBroker(NatsServers servers) : IClusterBroker
{
    public string[] Options => ["adapter.driver=nats", $"adapter.nats.servers={string.Join(',', servers.Urls)}"];

    public Task BreakAsync() => servers.KillAsync();

    public Task MendAsync() => servers.RestartAsync();

    public ValueTask DisposeAsync() => servers.DisposeAsync();
}
