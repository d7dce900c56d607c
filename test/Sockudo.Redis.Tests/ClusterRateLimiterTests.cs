using Sockudo.Server.Limits;
using Sockudo.Specification;
using Xunit;

namespace Sockudo.Redis.Tests;

/// <summary>The limiter on a Redis Cluster.</summary>
public sealed class ClusterRateLimiterTests(ClusterRedis cluster) : RateLimiterSpec, IAsyncLifetime
{
    private RedisRateLimiter _limiter = null!;

    public async ValueTask InitializeAsync() => _limiter = await RedisRateLimiterTests.StartAsync(Buses.To(await cluster.GetAsync()));

    public ValueTask DisposeAsync() => _limiter.DisposeAsync();

    protected override Task<IRateLimiter> GetAsync() => Task.FromResult<IRateLimiter>(_limiter);

    protected override Task WaitAsync(TimeSpan time) => Task.Delay(time);
}
