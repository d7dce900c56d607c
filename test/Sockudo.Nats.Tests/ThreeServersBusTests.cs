using Sockudo.Server.Cluster;
using Sockudo.Server.Options;
using Sockudo.Specification;
using Xunit;

namespace Sockudo.Nats.Tests;

/// <inheritdoc/>
public sealed class ThreeServersBusTests(ThreeServers fixture) : ClusterBusSpec, IClassFixture<ThreeServers>
{
    protected override Task<IClusterBus> CreateAsync(string nodeName, string prefix) =>
        Task.FromResult<IClusterBus>(new NatsBus(new AdapterNatsOptions { Servers = fixture.Servers.Urls, Prefix = prefix }, nodeName, TimeProvider.System, new BusLog()));

    protected override async Task BreakAsync()
    {
        for (var index = 0; index < fixture.Servers.Urls.Count; index++)
            await fixture.Servers.KillAsync(index);
    }

    protected override async Task MendAsync()
    {
        for (var index = 0; index < fixture.Servers.Urls.Count; index++)
            await fixture.Servers.RestartAsync(index);
    }
}
