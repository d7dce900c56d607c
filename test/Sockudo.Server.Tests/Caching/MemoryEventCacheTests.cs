using Microsoft.Extensions.Time.Testing;
using Sockudo.Server.Caching;
using Sockudo.Server.Options;
using Xunit;

namespace Sockudo.Server.Tests.Caching;

public class MemoryEventCacheTests
{
    private readonly FakeTimeProvider _time = new();

    [Fact]
    public async Task K2_An_event_lives_for_its_time_and_reading_does_not_extend_it()
    {
        using var cache = new MemoryEventCache(new CacheMemoryOptions(), _time);
        await cache.SetAsync("a", "c", [1], null, TimeSpan.FromSeconds(10), default);
        _time.Advance(TimeSpan.FromSeconds(9.5));
        Assert.Equal(TimeSpan.FromSeconds(0.5), (await cache.GetAsync("a", "c", default))!.Value.TimeToLive);
        _time.Advance(TimeSpan.FromSeconds(0.5));
        Assert.Null(await cache.GetAsync("a", "c", default));
    }

    [Fact]
    public async Task Apps_and_channels_are_kept_apart_and_the_last_event_counts()
    {
        using var cache = new MemoryEventCache(new CacheMemoryOptions(), _time);
        await cache.SetAsync("a", "c", [1], null, TimeSpan.FromSeconds(10), default);
        await cache.SetAsync("a", "c", [2], null, TimeSpan.FromSeconds(10), default);
        await cache.SetAsync("b", "c", [3], null, TimeSpan.Zero, default);
        Assert.Equal([2], (await cache.GetAsync("a", "c", default))!.Value.Body);
        Assert.Equal(Timeout.InfiniteTimeSpan, (await cache.GetAsync("b", "c", default))!.Value.TimeToLive);
        Assert.Null(await cache.GetAsync("a", "d", default));
    }

    [Fact]
    public async Task Beyond_the_capacity_the_least_recently_used_goes()
    {
        using var cache = new MemoryEventCache(new CacheMemoryOptions { MaxCapacity = 2 }, _time);
        await cache.SetAsync("a", "1", [1], null, TimeSpan.FromSeconds(10), default);
        await cache.SetAsync("a", "2", [2], null, TimeSpan.FromSeconds(10), default);
        await cache.GetAsync("a", "1", default);
        await cache.SetAsync("a", "3", [3], null, TimeSpan.FromSeconds(10), default);
        Assert.NotNull(await cache.GetAsync("a", "1", default));
        Assert.Null(await cache.GetAsync("a", "2", default));
    }

    [Fact]
    public async Task The_option_bounds_every_life_and_clean_up_removes_what_has_expired()
    {
        using var cache = new MemoryEventCache(new CacheMemoryOptions { Ttl = 5, CleanupInterval = 60 }, _time);
        await cache.SetAsync("a", "c", [1], null, TimeSpan.FromSeconds(1000), default);
        Assert.Equal(TimeSpan.FromSeconds(5), (await cache.GetAsync("a", "c", default))!.Value.TimeToLive);
        _time.Advance(TimeSpan.FromSeconds(60));
        Assert.Equal(0, cache.Count);
    }
}
