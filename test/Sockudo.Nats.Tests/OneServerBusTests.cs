using Sockudo.Server.Cluster;
using Sockudo.Server.Options;
using Sockudo.Specification;
using Xunit;

namespace Sockudo.Nats.Tests;

/// <inheritdoc/>
public sealed class OneServerBusTests(OneServer fixture) : ClusterBusSpec, IClassFixture<OneServer>
{
    protected override async Task<IClusterBus> CreateAsync(string nodeName, string prefix) =>
        new NatsBus(new AdapterNatsOptions { Servers = (await fixture.GetAsync()).Urls, Prefix = prefix }, nodeName, TimeProvider.System, new BusLog());

    protected override async Task BreakAsync() => await (await fixture.GetAsync()).KillAsync();

    protected override async Task MendAsync() => await (await fixture.GetAsync()).RestartAsync();
}
