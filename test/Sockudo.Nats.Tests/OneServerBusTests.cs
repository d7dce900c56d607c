using Sockudo.Server.Cluster;
using Sockudo.Server.Options;
using Sockudo.Specification;
using Xunit;

namespace Sockudo.Nats.Tests;

/// <inheritdoc/>
public sealed class OneServerBusTests(OneServer fixture) : ClusterBusSpec, IClassFixture<OneServer>
{
    protected override Task<IClusterBus> CreateAsync(string nodeName, string prefix) =>
        Task.FromResult<IClusterBus>(new NatsBus(new AdapterNatsOptions { Servers = fixture.Servers.Urls, Prefix = prefix }, nodeName, TimeProvider.System, new BusLog()));

    protected override Task BreakAsync() => fixture.Servers.KillAsync();

    protected override Task MendAsync() => fixture.Servers.RestartAsync();
}
