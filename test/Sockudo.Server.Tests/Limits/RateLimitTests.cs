using System.Net;
using Microsoft.Extensions.Time.Testing;
using Sockudo.Server.Limits;
using Xunit;

namespace Sockudo.Server.Tests.Limits;

public class RateLimitTests
{
    private static readonly TimeSpan Window = TimeSpan.FromSeconds(60);
    private readonly FakeTimeProvider _time = new();

    [Fact]
    public async Task Storage_4_1_Exactly_the_limit_passes_and_refusals_extend_nothing()
    {
        var limiter = new MemoryRateLimiter(_time);
        for (var i = 3; i > 0; i--)
            Assert.Equal((true, i - 1), Short(await limiter.AcquireWindowAsync("k", 3, Window, default)));
        _time.Advance(TimeSpan.FromSeconds(59.2));
        var refused = await limiter.AcquireWindowAsync("k", 3, Window, default);
        Assert.Equal((false, 0), Short(refused));
        Assert.Equal(1, refused.ResetSeconds);
        Assert.True((await limiter.AcquireWindowAsync("other", 3, Window, default)).IsAllowed);
        _time.Advance(TimeSpan.FromSeconds(0.8));
        Assert.Equal((true, 2), Short(await limiter.AcquireWindowAsync("k", 3, Window, default)));
    }

    [Fact]
    public async Task Idle_keys_are_removed()
    {
        var limiter = new MemoryRateLimiter(_time);
        for (var i = 0; i < 1000; i++)
            await limiter.AcquireWindowAsync($"k{i}", 3, TimeSpan.FromSeconds(5), default);
        _time.Advance(TimeSpan.FromSeconds(20));
        await limiter.AcquireTokensAsync("x", 5, 1, default);
        Assert.Equal(1, limiter.Count);
    }

    [Fact]
    public async Task Storage_4_2_A_bucket_holds_its_rate_and_refills_continuously()
    {
        var limiter = new MemoryRateLimiter(_time);
        Assert.True((await limiter.AcquireTokensAsync("a", 4, 4, default)).IsAllowed);
        Assert.False((await limiter.AcquireTokensAsync("a", 4, 1, default)).IsAllowed);
        _time.Advance(TimeSpan.FromMilliseconds(500));
        Assert.False((await limiter.AcquireTokensAsync("a", 4, 3, default)).IsAllowed);
        Assert.True((await limiter.AcquireTokensAsync("a", 4, 2, default)).IsAllowed);
        _time.Advance(TimeSpan.FromMinutes(1));
        Assert.False((await limiter.AcquireTokensAsync("a", 4, 5, default)).IsAllowed);
        Assert.True((await limiter.AcquireTokensAsync("a", 4, 4, default)).IsAllowed);
    }

    [Fact]
    public void CE3_A_fresh_bucket_lets_exactly_its_rate_through_at_once()
    {
        var bucket = default(TokenBucket);
        Assert.Equal(10, Enumerable.Range(0, 100).Count(_ => bucket.TryTake(10, now: 5000)));
        Assert.Equal(1, Enumerable.Range(0, 100).Count(_ => bucket.TryTake(10, now: 5100)));
        Assert.True(bucket.TryTake(int.MaxValue, now: 5100));
        var seven = default(TokenBucket);
        Assert.Equal(7, Enumerable.Range(0, 100).Count(_ => seven.TryTake(7, now: 123_456_789)));
    }

    [Theory]
    [InlineData("10.0.0.1", null, null, 0, "10.0.0.1")]
    [InlineData("10.0.0.1", "1.1.1.1", null, 0, "10.0.0.1")]
    [InlineData("10.0.0.1", "1.1.1.1, 2.2.2.2", null, 1, "2.2.2.2")]
    [InlineData("10.0.0.1", "1.1.1.1, 2.2.2.2", null, 2, "1.1.1.1")]
    [InlineData("10.0.0.1", "1.1.1.1, 2.2.2.2", null, 9, "1.1.1.1")]
    [InlineData("10.0.0.1", null, "3.3.3.3", 1, "3.3.3.3")]
    [InlineData("10.0.0.1", "nonsense", "3.3.3.3", 1, "10.0.0.1")]
    [InlineData("10.0.0.1", "1.1.1.1:8080", null, 1, "1.1.1.1")]
    [InlineData("10.0.0.1", "[2001:db8:1:2:3:4:5:6]:443", null, 1, "2001:db8:1:2::/64")]
    [InlineData("2001:db8:1:2:3:4:5:6", null, null, 0, "2001:db8:1:2::/64")]
    [InlineData("::ffff:9.9.9.9", null, null, 0, "9.9.9.9")]
    [InlineData(null, null, null, 0, "unix")]
    public void Storage_4_3_The_client_s_address(string? peer, string? forwardedFor, string? realIp, int hops, string key) =>
        Assert.Equal(key, ClientAddress.Resolve(peer is null ? null : IPAddress.Parse(peer), forwardedFor, realIp, hops));

    private static (bool, int) Short(RateLimitDecision decision) => (decision.IsAllowed, decision.Remaining);
}
