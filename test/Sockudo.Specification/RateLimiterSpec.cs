using Sockudo.Server.Limits;
using Xunit;

namespace Sockudo.Specification;

/// <summary>What every <see cref="IRateLimiter"/> does (storage.md 4), in the time that it counts in.</summary>
public abstract class RateLimiterSpec
{
    private static readonly TimeSpan Window = TimeSpan.FromSeconds(2);

    // Servers are shared: each test has keys of its own.
    private readonly string _key = Guid.NewGuid().ToString("N");

    /// <summary>The limiter.</summary>
    protected abstract Task<IRateLimiter> GetAsync();

    /// <summary>Lets time go by.</summary>
    protected abstract Task WaitAsync(TimeSpan time);

    [Fact]
    public async Task Storage_4_1_Exactly_the_limit_passes_and_the_next_window_begins_with_the_next_request()
    {
        var limiter = await GetAsync();
        for (var left = 2; left >= 0; left--)
        {
            var passed = await limiter.AcquireWindowAsync(_key, 3, Window, default);
            Assert.Equal((true, 3, left), (passed.IsAllowed, passed.Limit, passed.Remaining));
            Assert.InRange(passed.Reset, TimeSpan.FromMilliseconds(1), Window);
        }

        for (var i = 0; i < 5; i++)
        {
            var refused = await limiter.AcquireWindowAsync(_key, 3, Window, default);
            Assert.Equal((false, 0, false), (refused.IsAllowed, refused.Remaining, refused.IsUnanswered));
            Assert.InRange(refused.ResetSeconds, 1, 2);
        }

        Assert.True((await limiter.AcquireWindowAsync(_key + "-other", 3, Window, default)).IsAllowed);
        await WaitAsync(Window + TimeSpan.FromMilliseconds(50));
        var next = await limiter.AcquireWindowAsync(_key, 3, Window, default);
        Assert.Equal((true, 2), (next.IsAllowed, next.Remaining));
    }

    [Fact]
    public async Task Of_a_thousand_parallel_requests_exactly_the_limit_passes()
    {
        var limiter = await GetAsync();
        var window = TimeSpan.FromMinutes(1);
        var decisions = await Task.WhenAll(Enumerable.Range(0, 1000).Select(_ => Task.Run(async () => await limiter.AcquireWindowAsync(_key, 137, window, default))));
        Assert.Equal(137, decisions.Count(static decision => decision.IsAllowed));
        Assert.DoesNotContain(decisions, static decision => decision.IsUnanswered);
    }

    [Theory]
    [InlineData(7)]
    [InlineData(30)]
    [InlineData(999)]
    public async Task Storage_4_2_A_bucket_holds_its_rate_at_once_and_refuses_what_is_larger(int rate)
    {
        var limiter = await GetAsync();
        Assert.False((await limiter.AcquireTokensAsync(_key, rate, rate + 1, default)).IsAllowed);
        // A refusal takes nothing.
        Assert.True((await limiter.AcquireTokensAsync(_key, rate, rate, default)).IsAllowed);
        var refused = await limiter.AcquireTokensAsync(_key, rate, rate, default);
        Assert.False(refused.IsAllowed);
        Assert.InRange(refused.Reset.TotalSeconds, 0.3, 1);
    }

    [Fact]
    public async Task Storage_4_2_A_bucket_refills_continuously_and_no_further_than_its_rate()
    {
        var limiter = await GetAsync();
        Assert.True((await limiter.AcquireTokensAsync(_key, 4, 4, default)).IsAllowed);
        await WaitAsync(TimeSpan.FromMilliseconds(550));
        Assert.True((await limiter.AcquireTokensAsync(_key, 4, 2, default)).IsAllowed);
        Assert.False((await limiter.AcquireTokensAsync(_key, 4, 2, default)).IsAllowed);
        await WaitAsync(TimeSpan.FromSeconds(3));
        Assert.False((await limiter.AcquireTokensAsync(_key, 4, 5, default)).IsAllowed);
        Assert.True((await limiter.AcquireTokensAsync(_key, 4, 4, default)).IsAllowed);
    }

    [Fact]
    public async Task Without_a_limit_everything_passes_and_nothing_is_told()
    {
        var limiter = await GetAsync();
        Assert.Equal(RateLimitDecision.Unlimited, await limiter.AcquireWindowAsync(_key, 0, Window, default));
        Assert.Equal(RateLimitDecision.Unlimited, await limiter.AcquireTokensAsync(_key, int.MaxValue, 1_000_000, default));
        Assert.Empty(RateLimitDecision.Unlimited.Headers);
    }
}
