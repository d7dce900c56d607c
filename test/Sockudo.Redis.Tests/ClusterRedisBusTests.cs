using Sockudo.Server.Cluster;
using Sockudo.Specification;
using Xunit;

namespace Sockudo.Redis.Tests;

/// <inheritdoc/>
public sealed class ClusterRedisBusTests(ClusterRedis fixture) : ClusterBusSpec, IClassFixture<ClusterRedis>
{
    protected override async Task<IClusterBus> CreateAsync(string nodeName, string prefix) =>
        Buses.Over(Buses.To(await fixture.GetAsync()), nodeName, prefix);

    protected override async Task BreakAsync()
    {
        var cluster = await fixture.GetAsync();
        await Task.WhenAll(cluster.Ports.Select(cluster.KillAsync));
    }

    protected override async Task MendAsync()
    {
        var cluster = await fixture.GetAsync();
        foreach (var port in cluster.Ports)
            await cluster.StartAgainAsync(port);
        await cluster.WaitUntilWholeAsync();
    }
}
