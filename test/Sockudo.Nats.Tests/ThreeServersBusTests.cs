using Sockudo.Server.Cluster;
using Sockudo.Server.Options;
using Sockudo.Specification;
using Xunit;

namespace Sockudo.Nats.Tests;

/// <inheritdoc/>
public sealed class ThreeServersBusTests(ThreeServers fixture) : ClusterBusSpec, IClassFixture<ThreeServers>
{
    protected override async Task<IClusterBus> CreateAsync(string nodeName, string prefix) =>
        new NatsBus(new AdapterNatsOptions { Servers = (await fixture.GetAsync()).Urls, Prefix = prefix }, nodeName, TimeProvider.System, new BusLog());

    protected override async Task BreakAsync()
    {
        var servers = await fixture.GetAsync();
        for (var index = 0; index < servers.Urls.Count; index++)
            await servers.KillAsync(index);
    }

    protected override async Task MendAsync()
    {
        var servers = await fixture.GetAsync();
        for (var index = 0; index < servers.Urls.Count; index++)
            await servers.RestartAsync(index);
    }
}
