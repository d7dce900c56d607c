using Microsoft.Extensions.Time.Testing;
using Sockudo.Protocol.Json;
using Sockudo.Protocol.Messages;
using Sockudo.Protocol.WebSockets;
using Sockudo.Server.Apps;
using Sockudo.Server.Inspection;
using Sockudo.Server.Metrics;
using Sockudo.Server.Options;
using Xunit;

namespace Sockudo.Server.Tests.Inspection;

/// <summary>Watching what is published is bounded, whoever watches.</summary>
public sealed class EventTailTests
{
    private readonly EventTail _tail = new(new DashboardOptions { ShowPayloads = ["open"] }, new FakeTimeProvider());

    [Fact]
    public void A_watcher_who_does_not_read_keeps_the_first_events_and_counts_the_rest()
    {
        using var watcher = _tail.TryWatch(appId: null, prefix: "")!;
        for (var i = 0; i < EventTailWatcher.Capacity + 5; i++)
            Tell("closed", "a", $"e{i}");
        Assert.Equal(5, watcher.Dropped);
        Assert.True(watcher.TryRead(out var first));
        Assert.Equal(("e0", null), (first.Name, first.Data));
        Tell("closed", "a", "later");
        Assert.Equal(5, watcher.Dropped);
    }

    [Fact]
    public void It_is_watched_as_long_as_somebody_watches()
    {
        Assert.False(_tail.IsWatched);
        var watchers = Enumerable.Range(0, EventTail.MaxWatchers).Select(_ => _tail.TryWatch(appId: null, prefix: "")!).ToList();
        Assert.True(_tail.IsWatched);
        Assert.Null(_tail.TryWatch(appId: null, prefix: ""));
        foreach (var watcher in watchers)
            watcher.Dispose();
        Assert.False(_tail.IsWatched);
    }

    [Fact]
    public void Data_is_cut_between_characters()
    {
        using var watcher = _tail.TryWatch("open", prefix: "")!;
        Tell("open", "a", "e", new string('x', 4095) + "😀");
        Assert.True(watcher.TryRead(out var told));
        Assert.Equal((new string('x', 4095), true), (told.Data, told.IsDataCut));
        Tell("closed", "a", "e");
        Assert.False(watcher.TryRead(out _));
    }

    private void Tell(string app, string channel, string name, string data = "")
    {
        var settings = new App { Id = app, Key = "k", Secret = "s" };
        var scope = new AppScope(settings, AppLimits.For(settings, new SockudoOptions()), new AppCounters(app));
        _tail.Tell(scope, channel, FrameOf(channel, name, data), EventSource.Http, socketId: null);
    }

    private static Frame FrameOf(string channel, string name, string data)
    {
        var members = new JsonMembers(System.Text.Encoding.UTF8.GetBytes($$"""{"data":"{{data}}"}"""));
        members.Read();
        return EventFrame.Create(System.Text.Encoding.UTF8.GetBytes($"\"{name}\""), members.Value, channel);
    }
}
