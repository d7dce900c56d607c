using Microsoft.Extensions.Logging.Abstractions;
using Sockudo.Server.Backends;
using Sockudo.Server.Limits;
using Sockudo.Specification;
using Sockudo.Specification.Backends;
using Xunit;

namespace Sockudo.Redis.Tests;

/// <summary>The limiter on one server, whose time it counts in.</summary>
public sealed class RedisRateLimiterTests(SingleRedis single) : RateLimiterSpec, IAsyncLifetime
{
    private RedisRateLimiter _limiter = null!;

    public async ValueTask InitializeAsync() => _limiter = await StartAsync(Buses.To((await single.GetAsync()).Port));

    public ValueTask DisposeAsync() => _limiter.DisposeAsync();

    [Fact]
    public async Task Keys_have_the_prefix_hold_one_number_and_expire()
    {
        var server = await single.GetAsync();
        await _limiter.AcquireWindowAsync("api:10.0.0.1", 3, TimeSpan.FromSeconds(60), default);
        await _limiter.AcquireTokensAsync("app:demo:events", 10, 1, default);
        Assert.Equal("1", (await server.CallAsync("GET", "test:rl:api:10.0.0.1")).Trim());
        Assert.InRange(int.Parse(await server.CallAsync("PTTL", "test:rl:api:10.0.0.1")), 50_000, 60_000);
        Assert.InRange(int.Parse(await server.CallAsync("PTTL", "test:rl:app:demo:events")), -2, 1000);
        Assert.InRange((await server.CallAsync("GET", "test:rl:app:demo:events")).Trim().Length, 0, 20);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task While_the_server_is_away_the_configuration_decides_and_it_heals_alone(bool failOpen)
    {
        await using var server = await RedisServer.StartAsync();
        await using var limiter = await StartAsync(Buses.To(server.Port), failOpen);
        Assert.True((await limiter.AcquireWindowAsync("k", 1, TimeSpan.FromMinutes(1), default)).IsAllowed);
        await server.KillAsync();
        var decision = await limiter.AcquireWindowAsync("k", 1, TimeSpan.FromMinutes(1), default);
        Assert.Equal((failOpen, true, 0), (decision.IsAllowed, decision.IsUnanswered, decision.Limit));
        Assert.Equal(failOpen, (await limiter.AcquireTokensAsync("t", 5, 1, default)).IsAllowed);
        Assert.False(limiter.State.IsUp);
        await server.StartAgainAsync();
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        while (!limiter.State.IsUp)
            await Task.Delay(20, patience.Token);
        Assert.False((await limiter.AcquireWindowAsync("k", 1, TimeSpan.FromMinutes(1), default)).IsUnanswered);
    }

    [Fact]
    public async Task A_count_that_somebody_else_has_put_there_throws_nothing()
    {
        var server = await single.GetAsync();
        await server.CallAsync("SET", "test:rl:odd", "-99999999999", "PX", "60000");
        Assert.True((await _limiter.AcquireWindowAsync("odd", 3, TimeSpan.FromSeconds(60), default)).IsAllowed);
        await server.CallAsync("DEL", "test:rl:odd");
        await server.CallAsync("SADD", "test:rl:odd", "x");
        Assert.True((await _limiter.AcquireWindowAsync("odd", 3, TimeSpan.FromSeconds(60), default)).IsUnanswered);
    }

    internal static async Task<RedisRateLimiter> StartAsync(RedisTarget target, bool failOpen = true)
    {
        var state = new BackendState("rate_limiter", "redis", NullLogger.Instance);
        var limiter = new RedisRateLimiter(new RedisStore(new RedisConnector(target, "a", TimeProvider.System), "test:rl", state), failOpen);
        await limiter.StartAsync(CancellationToken.None);
        return limiter;
    }

    protected override Task<IRateLimiter> GetAsync() => Task.FromResult<IRateLimiter>(_limiter);

    protected override Task WaitAsync(TimeSpan time) => Task.Delay(time);
}
