using Sockudo.Server.Cluster;
using Sockudo.Server.Options;
using Sockudo.Specification;
using Xunit;

namespace Sockudo.Nats.Tests;

/// <summary>Each node begins at another server.</summary>
public sealed class ThreeServersBusTests(ThreeServers fixture) : ClusterBusSpec, IClassFixture<ThreeServers>
{
    private int _nodes;

    protected override Task<IClusterBus> CreateAsync(string nodeName, string prefix)
    {
        var urls = fixture.Servers.Urls;
        var first = _nodes++ % urls.Count;
        var options = new AdapterNatsOptions { Servers = [.. urls.Skip(first), .. urls.Take(first)], Prefix = prefix };
        return Task.FromResult<IClusterBus>(new NatsBus(options, nodeName, TimeProvider.System, new BusLog()));
    }

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
