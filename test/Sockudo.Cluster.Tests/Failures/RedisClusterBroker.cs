using System.Globalization;
using Sockudo.Specification.Backends;

namespace Sockudo.Cluster.Tests.Failures;

/// <summary>A Redis Cluster, of which the master that carries the directory is killed; a replica takes its place.</summary>
internal sealed class RedisClusterBroker(RedisClusterServers servers) : IClusterBroker
{
    private int _killed;

    public string[] Options =>
    [
        "adapter.driver=redis-cluster", $"database.redis.password={servers.Password}",
        $"adapter.cluster.nodes={string.Join(',', servers.Ports.Select(static port => string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{port}")))}",
    ];

    public async Task BreakAsync()
    {
        _killed = await servers.MasterOfAsync("sockudo:adapter:dir", servers.Ports[0]);
        await servers.KillAsync(_killed);
    }

    public Task MendAsync() => servers.StartAgainAsync(_killed);

    public ValueTask DisposeAsync() => servers.DisposeAsync();
}
