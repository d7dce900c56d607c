using Microsoft.Extensions.Logging.Abstractions;
using Sockudo.Server.Backends;
using Sockudo.Server.Caching;
using Sockudo.Specification;
using Sockudo.Specification.Backends;
using Xunit;

namespace Sockudo.Redis.Tests;

/// <summary>The cache on one server.</summary>
public sealed class RedisEventCacheTests(SingleRedis single) : EventCacheSpec, IAsyncLifetime
{
    private RedisEventCache _cache = null!;

    public async ValueTask InitializeAsync() => _cache = await StartAsync(Buses.To((await single.GetAsync()).Port));

    public ValueTask DisposeAsync() => _cache.DisposeAsync();

    [Fact]
    public async Task The_key_and_value_are_what_is_documented_and_Redis_ends_them()
    {
        var server = await single.GetAsync();
        await _cache.SetAsync("demo", "cache-doc", Body("1"), origin: null, TimeSpan.FromSeconds(60), default);
        Assert.Equal("""{"event":"e","data":"1"}""", (await server.CallAsync("GET", "test:cache:app:demo:channel:cache-doc")).Trim());
        Assert.InRange(int.Parse(await server.CallAsync("PTTL", "test:cache:app:demo:channel:cache-doc")), 50_000, 60_000);
    }

    [Fact]
    public async Task Which_event_it_is_stands_in_the_value_and_not_in_what_clients_get()
    {
        var server = await single.GetAsync();
        var origin = new EventOrigin(ulong.MaxValue, ulong.MaxValue - 1);
        await _cache.SetAsync("demo", "cache-origin", Body(",\"id\":\"1-2\"}"), origin, TimeSpan.FromSeconds(60), default);
        var found = (await _cache.GetAsync("demo", "cache-origin", default))!.Value;
        Assert.Equal(origin, found.Origin);
        Assert.Equal(Body(",\"id\":\"1-2\"}"), found.Body);
        // What somebody else may have put there is no event.
        await server.CallAsync("SET", "test:cache:app:demo:channel:cache-origin", "nonsense");
        Assert.Null(await _cache.GetAsync("demo", "cache-origin", default));
        await server.CallAsync("SET", "test:cache:app:demo:channel:cache-origin", """{"event":"e","data":"x","id":"zz"}""");
        Assert.Null((await _cache.GetAsync("demo", "cache-origin", default))!.Value.Origin);
    }

    [Fact]
    public async Task A_server_that_is_away_fails_at_once_and_is_noticed_when_it_is_back()
    {
        await using var server = await RedisServer.StartAsync();
        await using var cache = await StartAsync(Buses.To(server.Port));
        await server.KillAsync();
        await Assert.ThrowsAsync<BackendException>(() => cache.GetAsync("a", "c", default).AsTask());
        await Assert.ThrowsAsync<BackendException>(() => cache.SetAsync("a", "c", Body("x"), null, TimeSpan.FromMinutes(1), default).AsTask());
        Assert.False(cache.State.IsUp);
        await server.StartAgainAsync();
        await UntilUpAsync(cache);
        await cache.SetAsync("a", "c", Body("x"), null, TimeSpan.FromMinutes(1), default);
        Assert.NotNull(await cache.GetAsync("a", "c", default));
    }

    [Fact]
    public async Task A_server_that_stands_still_keeps_nobody_waiting_but_the_first()
    {
        await using var server = await RedisServer.StartAsync();
        var target = Buses.To(server.Port);
        await using var cache = await StartAsync(target with { Options = target.Options with { CommandTimeoutMs = 500 } });
        server.Suspend();
        await Assert.ThrowsAsync<BackendException>(() => cache.GetAsync("a", "c", default).AsTask());
        var began = TimeProvider.System.GetTimestamp();
        for (var i = 0; i < 100; i++)
            await Assert.ThrowsAsync<BackendException>(() => cache.GetAsync("a", "c", default).AsTask());
        Assert.InRange(TimeProvider.System.GetElapsedTime(began).TotalMilliseconds, 0, 450);
        server.Resume();
        await UntilUpAsync(cache);
        Assert.Null(await cache.GetAsync("a", "c", default));
    }

    internal static async Task<RedisEventCache> StartAsync(RedisTarget target)
    {
        var state = new BackendState("cache", "redis", NullLogger.Instance);
        var cache = new RedisEventCache(new RedisStore(new RedisConnector(target, "a", TimeProvider.System), "test:cache", state), TimeProvider.System);
        await cache.StartAsync(CancellationToken.None);
        return cache;
    }

    protected override Task<IEventCache> GetAsync() => Task.FromResult<IEventCache>(_cache);

    protected override Task WaitAsync(TimeSpan time) => Task.Delay(time);

    private static async Task UntilUpAsync(RedisEventCache cache)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        while (!cache.State.IsUp)
            await Task.Delay(20, patience.Token);
    }
}
