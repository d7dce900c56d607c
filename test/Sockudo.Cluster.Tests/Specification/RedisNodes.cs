using System.Globalization;
using Sockudo.Cluster.Tests.Specification;
using Sockudo.Specification.Backends;
using Xunit;

[assembly: AssemblyFixture(typeof(RedisNodes))]

namespace Sockudo.Cluster.Tests.Specification;

/// <summary>Nodes on one Redis server, which keeps the events of cache channels for all of them.</summary>
public sealed class RedisNodes : ClusterNodes
{
    private RedisServer? _broker;

    protected override async Task<string[]> StartBrokerAsync()
    {
        _broker = await RedisServer.StartAsync();
        return ["adapter.driver=redis", "cache.driver=redis", string.Create(CultureInfo.InvariantCulture, $"database.redis.url=redis://127.0.0.1:{_broker.Port}")];
    }

    protected override ValueTask StopBrokerAsync() => _broker?.DisposeAsync() ?? ValueTask.CompletedTask;
}
