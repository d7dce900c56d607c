using System.Globalization;
using Sockudo.Cluster.Tests.Specification;
using Sockudo.Specification.Backends;
using Xunit;

[assembly: AssemblyFixture(typeof(RedisClusterNodes))]

namespace Sockudo.Cluster.Tests.Specification;

/// <summary>Nodes on a Redis Cluster of three masters and three replicas, which keeps the events of cache channels for all of them.</summary>
public sealed class RedisClusterNodes : ClusterNodes
{
    private RedisClusterServers? _broker;

    protected override async Task<string[]> StartBrokerAsync()
    {
        _broker = await RedisClusterServers.StartAsync("password");
        return
        [
            "adapter.driver=redis-cluster", "cache.driver=redis-cluster", "database.redis.password=password",
            $"database.redis.cluster_nodes={string.Join(',', _broker.Ports.Take(3).Select(static port => string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{port}")))}",
        ];
    }

    protected override ValueTask StopBrokerAsync() => _broker?.DisposeAsync() ?? ValueTask.CompletedTask;
}
