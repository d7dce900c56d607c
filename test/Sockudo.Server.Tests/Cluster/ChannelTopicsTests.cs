using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Sockudo.Server.Apps;
using Sockudo.Server.Channels;
using Sockudo.Server.Cluster;
using Sockudo.Server.Metrics;
using Sockudo.Server.Options;
using Xunit;

namespace Sockudo.Server.Tests.Cluster;

/// <summary>When a channel's topic is subscribed to, and when it is given up.</summary>
public sealed class ChannelTopicsTests : IAsyncDisposable
{
    private readonly ScriptedBus _bus = new();
    private readonly FakeTimeProvider _time = new();
    private readonly ChannelTopics _topics;
    private readonly ChannelKey _key;
    private bool _isIsolated;

    public ChannelTopicsTests()
    {
        _topics = new ChannelTopics(_bus, _time, SimulatedNode.Times, () => _isIsolated, NullLogger.Instance);
        var app = new App { Id = "app", Key = "k", Secret = "s" };
        _key = new ChannelKey(new AppScope(app, AppLimits.For(app, new SockudoOptions()), new AppCounters("app")), "news");
    }

    public ValueTask DisposeAsync() => _bus.DisposeAsync();

    [Fact]
    public async Task All_who_want_a_topic_wait_for_the_same_subscription()
    {
        var first = _topics.AcquireAsync(_key);
        var second = _topics.AcquireAsync(_key);
        Assert.False(first.IsCompleted || second.IsCompleted);
        _bus.Subscribed.SetResult();
        await first;
        await second;
        Assert.True(_topics.AcquireAsync(_key).IsCompleted);
        Assert.Equal(["+ch:app:news"], _bus.Calls);
    }

    [Fact]
    public void A_topic_outlives_its_last_subscription_by_a_second_and_whoever_comes_back_meanwhile_keeps_it()
    {
        _bus.Subscribed.SetResult();
        _ = _topics.AcquireAsync(_key);
        _topics.Release(_key);
        _time.Advance(TimeSpan.FromSeconds(0.7));
        _topics.Tick();
        _ = _topics.AcquireAsync(_key);
        _topics.Release(_key);
        _time.Advance(TimeSpan.FromSeconds(0.7));
        _topics.Tick();
        Assert.Equal(["+ch:app:news"], _bus.Calls);
        _time.Advance(TimeSpan.FromSeconds(0.7));
        _topics.Tick();
        Assert.Equal(["+ch:app:news", "-ch:app:news"], _bus.Calls);
        _ = _topics.AcquireAsync(_key);
        Assert.Equal(["+ch:app:news", "-ch:app:news", "+ch:app:news"], _bus.Calls);
    }

    [Fact]
    public async Task A_bus_that_does_not_answer_holds_a_subscription_up_for_the_request_timeout_only()
    {
        var waiting = _topics.AcquireAsync(_key);
        _time.Advance(TimeSpan.FromMilliseconds(SimulatedNode.Times.Request - 1));
        Assert.False(waiting.IsCompleted);
        _time.Advance(TimeSpan.FromMilliseconds(2));
        await waiting.WaitAsync(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task A_node_that_is_cut_off_does_not_wait_for_the_bus()
    {
        _isIsolated = true;
        var waiting = _topics.AcquireAsync(_key);
        _time.Advance(TimeSpan.FromMilliseconds(2));
        await waiting.WaitAsync(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken);
    }
}
