using System.Text;
using Sockudo.Server.Caching;
using Xunit;

namespace Sockudo.Specification;

/// <summary>What every <see cref="IEventCache"/> does that keeps anything (storage.md 3), in the time that it counts in.</summary>
public abstract class EventCacheSpec
{
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    // Servers are shared: each test has an app of its own.
    private readonly string _app = Guid.NewGuid().ToString("N");

    /// <summary>The cache.</summary>
    protected abstract Task<IEventCache> GetAsync();

    /// <summary>Lets time go by.</summary>
    protected abstract Task WaitAsync(TimeSpan time);

    [Fact]
    public async Task The_last_event_of_each_channel_of_each_app_is_kept_byte_for_byte()
    {
        var cache = await GetAsync();
        Assert.Null(await cache.GetAsync(_app, "cache-a", default));
        await cache.SetAsync(_app, "cache-a", Body("1"), origin: null, Minute, default);
        await cache.SetAsync(_app, "cache-a", Body("2 é \0 \" ,\"id\":\"7-7\""), origin: null, Minute, default);
        await cache.SetAsync(_app, "cache-b", Body("3"), origin: null, Minute, default);
        await cache.SetAsync(_app + "2", "cache-a", Body("4"), origin: null, Minute, default);
        Assert.Equal(Body("2 é \0 \" ,\"id\":\"7-7\""), (await cache.GetAsync(_app, "cache-a", default))!.Value.Body);
        Assert.Equal(Body("3"), (await cache.GetAsync(_app, "cache-b", default))!.Value.Body);
        Assert.Equal(Body("4"), (await cache.GetAsync(_app + "2", "cache-a", default))!.Value.Body);
        Assert.Null(await cache.GetAsync(_app, "cache-", default));
    }

    [Fact]
    public async Task K2_An_entry_lives_from_its_publish_on_and_reading_does_not_extend_it()
    {
        var cache = await GetAsync();
        await cache.SetAsync(_app, "cache-a", Body("short"), origin: null, TimeSpan.FromSeconds(1.5), default);
        await cache.SetAsync(_app, "cache-b", Body("long"), origin: null, TimeSpan.FromSeconds(30), default);
        Assert.InRange((await cache.GetAsync(_app, "cache-a", default))!.Value.TimeToLive.TotalSeconds, 0.1, 1.5);
        await WaitAsync(TimeSpan.FromSeconds(1));
        Assert.NotNull(await cache.GetAsync(_app, "cache-a", default));
        await WaitAsync(TimeSpan.FromSeconds(0.6));
        Assert.Null(await cache.GetAsync(_app, "cache-a", default));
        Assert.InRange((await cache.GetAsync(_app, "cache-b", default))!.Value.TimeToLive.TotalSeconds, 20, 28.5);
    }

    [Fact]
    public async Task A_new_event_begins_a_new_life_and_without_an_end_it_lives_for_ever()
    {
        var cache = await GetAsync();
        await cache.SetAsync(_app, "cache-a", Body("1"), origin: null, TimeSpan.FromSeconds(1), default);
        await cache.SetAsync(_app, "cache-a", Body("2"), origin: null, TimeSpan.Zero, default);
        await WaitAsync(TimeSpan.FromSeconds(1.2));
        var found = await cache.GetAsync(_app, "cache-a", default);
        Assert.Equal(Timeout.InfiniteTimeSpan, found!.Value.TimeToLive);
        Assert.Equal(Body("2"), found.Value.Body);
    }

    [Fact]
    public async Task Large_events_and_many_channels_are_kept()
    {
        var cache = await GetAsync();
        var large = Body(new string('x', 1_000_000));
        await cache.SetAsync(_app, "cache-large", large, origin: null, Minute, default);
        await Parallel.ForEachAsync(Enumerable.Range(0, 1000), async (number, cancellation) =>
            await cache.SetAsync(_app, $"cache-{number}", Body($"{number}"), origin: null, Minute, cancellation));
        Assert.Equal(large, (await cache.GetAsync(_app, "cache-large", default))!.Value.Body);
        foreach (var number in new[] { 0, 500, 999 })
            Assert.Equal(Body($"{number}"), (await cache.GetAsync(_app, $"cache-{number}", default))!.Value.Body);
    }

    /// <summary>An event with this text as its data, before it is JSON.</summary>
    protected static byte[] Body(string data) =>
        Encoding.UTF8.GetBytes($$"""{"event":"e","data":"{{data.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}}"}""");
}
