using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Sockudo.Server.Apps;
using Xunit;

namespace Sockudo.Server.Tests.Apps;

/// <summary>storage.md 1.4, with a database that does what the test says.</summary>
public sealed class CachedAppStoreTests : IAsyncDisposable
{
    private readonly FakeTimeProvider _time = new();
    private readonly FakeAppDatabase _database = new();

    public ValueTask DisposeAsync() => _database.DisposeAsync();

    [Fact]
    public async Task One_query_serves_both_names_for_the_time_to_live()
    {
        var store = Create();
        _database.Put("a");
        Assert.Equal("a", (await store.FindByKeyAsync("a-key", default))!.Id);
        Assert.Equal("a", (await store.FindByIdAsync("a", default))!.Id);
        _time.Advance(TimeSpan.FromSeconds(299));
        Assert.Equal("a", (await store.FindByKeyAsync("a-key", default))!.Id);
        Assert.Equal(1, _database.Queries);
        _time.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal("a", (await store.FindByKeyAsync("a-key", default))!.Id);
        Assert.Equal(2, _database.Queries);
        Assert.Equal((2, 2), (store.Lookups.Of(AppLookupResult.Hit), store.Lookups.Of(AppLookupResult.Loaded)));
    }

    [Fact]
    public async Task That_there_is_no_app_is_remembered_for_a_shorter_time()
    {
        var store = Create();
        Assert.Null(await store.FindByKeyAsync("a-key", default));
        _database.Put("a");
        Assert.Null(await store.FindByKeyAsync("a-key", default));
        Assert.Equal(1, _database.Queries);
        _time.Advance(TimeSpan.FromSeconds(11));
        Assert.NotNull(await store.FindByKeyAsync("a-key", default));
        Assert.Equal((1, 1, 1), (store.Lookups.Of(AppLookupResult.NegativeHit), store.Lookups.Of(AppLookupResult.NotFound), store.Lookups.Of(AppLookupResult.Loaded)));
    }

    [Fact]
    public async Task Without_times_every_look_up_is_a_query()
    {
        var store = Create(new AppCacheSettings(TimeSpan.Zero, TimeSpan.Zero, 10, TimeSpan.FromSeconds(60)));
        _database.Put("a");
        await store.FindByIdAsync("a", default);
        await store.FindByIdAsync("a", default);
        await store.FindByIdAsync("b", default);
        await store.FindByIdAsync("b", default);
        Assert.Equal(4, _database.Queries);
    }

    [Fact]
    public async Task Who_asks_for_the_same_at_the_same_time_shares_a_query()
    {
        var store = Create();
        _database.Put("a");
        _database.Gate = new TaskCompletionSource();
        var asking = Enumerable.Range(0, 100).Select(_ => store.FindByKeyAsync("a-key", default).AsTask()).ToList();
        var other = store.FindByKeyAsync("b-key", default);
        _database.Gate.SetResult();
        Assert.All(await Task.WhenAll(asking), Assert.NotNull);
        Assert.Null(await other);
        Assert.Equal(2, _database.Queries);
    }

    [Fact]
    public async Task The_least_recently_used_goes_and_guesses_drive_nobody_out()
    {
        var store = Create(new AppCacheSettings(TimeSpan.FromSeconds(300), TimeSpan.FromSeconds(10), 2, TimeSpan.FromSeconds(60)));
        foreach (var id in new[] { "a", "b", "c" })
            _database.Put(id);
        await store.FindByIdAsync("a", default);
        await store.FindByIdAsync("b", default);
        _time.Advance(TimeSpan.FromMilliseconds(10));
        await store.FindByKeyAsync("a-key", default);
        for (var guess = 0; guess < 50; guess++)
            await store.FindByIdAsync($"guess-{guess}", default);
        var before = _database.Queries;
        await store.FindByIdAsync("a", default);
        _time.Advance(TimeSpan.FromMilliseconds(10));
        await store.FindByIdAsync("b", default);
        Assert.Equal(before, _database.Queries);
        await store.FindByIdAsync("c", default);
        await store.FindByIdAsync("b", default);
        Assert.Equal(before + 1, _database.Queries);
        await store.FindByKeyAsync("a-key", default);
        Assert.Equal(before + 2, _database.Queries);
    }

    [Fact]
    public async Task A_changed_key_and_a_deleted_app_are_not_found_by_what_they_were()
    {
        var store = Create();
        _database.Put("a");
        await store.FindByKeyAsync("a-key", default);
        _database.Put("a", key: "new-key");
        store.Expire("a");
        Assert.Equal("new-key", (await store.FindByIdAsync("a", default))!.Key);
        Assert.Null(await store.FindByKeyAsync("a-key", default));
        Assert.NotNull(await store.FindByKeyAsync("new-key", default));
        // Another app takes the key that was given up.
        _database.Put("b", key: "a-key");
        store.Expire(null);
        Assert.Equal("b", (await store.FindByKeyAsync("a-key", default))!.Id);
        _database.Remove("a");
        store.Expire("a");
        Assert.Null(await store.FindByIdAsync("a", default));
        Assert.Null(await store.FindByKeyAsync("new-key", default));
    }

    [Fact]
    public async Task An_answer_to_a_question_from_before_a_change_is_not_kept()
    {
        var store = Create();
        _database.Put("a", key: "old");
        _database.Gate = new TaskCompletionSource();
        var early = store.FindByIdAsync("a", default).AsTask();
        _database.Put("a", key: "new");
        store.Expire("a");
        var late = store.FindByIdAsync("a", default).AsTask();
        _database.Gate.SetResult();
        await early;
        Assert.Equal("new", (await late)!.Key);
        Assert.Equal("new", (await store.FindByIdAsync("a", default))!.Key);
    }

    [Fact]
    public async Task While_the_database_is_away_what_was_known_is_used_and_it_is_asked_ever_less_often()
    {
        var store = Create();
        _database.Put("a");
        await store.FindByIdAsync("a", default);
        _database.IsAway = true;
        _time.Advance(TimeSpan.FromHours(1));
        var before = _database.Queries;
        for (var second = 0; second < 60; second++)
        {
            for (var call = 0; call < 10; call++)
            {
                Assert.NotNull(await store.FindByIdAsync("a", default));
                await Assert.ThrowsAsync<AppStoreUnavailableException>(() => store.FindByKeyAsync("unknown", default).AsTask());
                _time.Advance(TimeSpan.FromMilliseconds(100));
            }
        }

        Assert.InRange(_database.Queries - before, 60 / 5, (60 / 5) + 8);
        _database.IsAway = false;
        _time.Advance(TimeSpan.FromSeconds(6));
        Assert.Null(await store.FindByKeyAsync("unknown", default));
    }

    [Fact]
    public async Task What_cannot_be_a_name_is_not_asked_for()
    {
        var store = Create();
        foreach (var name in new[] { "", " ", "a b", "é", "a\0", new string('a', 256), "' OR 1=1" })
        {
            Assert.Null(await store.FindByKeyAsync(name, default));
            Assert.Null(await store.FindByIdAsync(name, default));
        }

        Assert.Equal(0, _database.Queries);
    }

    [Fact]
    public async Task Apps_with_connections_are_refreshed_when_they_change_and_a_database_that_is_back_is_noticed()
    {
        var store = Create();
        var refreshed = 0;
        using var stop = new CancellationTokenSource();
        var running = store.RunAsync(_ => Task.FromResult(Interlocked.Increment(ref refreshed)), static _ => true, stop.Token);
        _database.Tell("a");
        await UntilAsync(() => Volatile.Read(ref refreshed) == 1);
        _time.Advance(TimeSpan.FromSeconds(1));
        await UntilAsync(() => Volatile.Read(ref refreshed) == 2);

        _database.IsAway = true;
        await Assert.ThrowsAsync<AppStoreUnavailableException>(() => store.FindByIdAsync("a", default).AsTask());
        Assert.False(_database.State.IsUp);
        _database.IsAway = false;
        await UntilAsync(() =>
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            return _database.State.IsUp;
        });
        await stop.CancelAsync();
        await running;
    }

    private CachedAppStore Create(AppCacheSettings? settings = null) => new(
        _database, static record => new App { Id = record["id"]!, Key = record["key"]!, Secret = record["secret"]! },
        settings ?? new AppCacheSettings(TimeSpan.FromSeconds(300), TimeSpan.FromSeconds(10), 100, TimeSpan.FromSeconds(60)), _time, NullLogger.Instance);

    private static async Task UntilAsync(Func<bool> isTrue)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        while (!isTrue())
            await Task.Delay(5, patience.Token);
    }
}
