using Sockudo.Server.Cluster;
using Sockudo.Specification;
using Xunit;

namespace Sockudo.Redis.Tests;

/// <inheritdoc/>
public sealed class SingleRedisBusTests(SingleRedis fixture) : ClusterBusSpec, IClassFixture<SingleRedis>
{
    protected override async Task<IClusterBus> CreateAsync(string nodeName, string prefix) =>
        Buses.Over(Buses.To((await fixture.GetAsync()).Port), nodeName, prefix);

    protected override async Task BreakAsync() => await (await fixture.GetAsync()).KillAsync();

    protected override async Task MendAsync() => await (await fixture.GetAsync()).StartAgainAsync();
}
