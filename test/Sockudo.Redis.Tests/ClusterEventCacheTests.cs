using Sockudo.Server.Caching;
using Sockudo.Specification;
using Xunit;

namespace Sockudo.Redis.Tests;

/// <summary>The cache on a Redis Cluster.</summary>
public sealed class ClusterEventCacheTests(ClusterRedis cluster) : EventCacheSpec, IAsyncLifetime
{
    private RedisEventCache _cache = null!;

    public async ValueTask InitializeAsync() => _cache = await RedisEventCacheTests.StartAsync(Buses.To(await cluster.GetAsync()));

    public ValueTask DisposeAsync() => _cache.DisposeAsync();

    protected override Task<IEventCache> GetAsync() => Task.FromResult<IEventCache>(_cache);

    protected override Task WaitAsync(TimeSpan time) => Task.Delay(time);
}
