using Microsoft.Extensions.Logging.Abstractions;
using Sockudo.Server.Cluster;
using Sockudo.Server.Metrics;
using Xunit;

namespace Sockudo.Server.Tests.Cluster;

/// <summary>What is published, in which order, and what becomes of it when the bus breaks.</summary>
public sealed class OutboxTests : IAsyncDisposable
{
    private static readonly NodeId Self = NodeId.Create("self");

    private readonly ScriptedBus _bus = new();
    private readonly ClusterMetrics _metrics = new();
    private readonly Outbox _outbox;

    public OutboxTests() => _outbox = new Outbox(_bus, TimeProvider.System, _metrics, NullLogger.Instance);

    public ValueTask DisposeAsync() => _outbox.DisposeAsync();

    [Fact]
    public async Task Messages_go_out_at_once_in_order_and_are_counted()
    {
        for (byte i = 0; i < 100; i++)
            await _outbox.SendAsync("t", Message(i));
        Assert.Equal(Enumerable.Range(0, 100).Select(static i => (byte)i), _bus.Published);
        Assert.Equal(100, _metrics.Sent(0).Messages);
    }

    [Fact]
    public async Task What_was_not_confirmed_goes_out_again_in_order_when_the_bus_is_back_and_before_what_came_meanwhile()
    {
        _bus.IsEager = false;
        var sent = new List<Task>();
        for (byte i = 0; i < 3; i++)
            sent.Add(_outbox.SendAsync("t", Message(i)));
        _bus.Break();
        for (byte i = 3; i < 6; i++)
            sent.Add(_outbox.SendAsync("t", Message(i)));
        Assert.DoesNotContain(sent, static one => one.IsCompleted);

        _bus.IsEager = true;
        _bus.IsConnected = true;
        await Task.WhenAll(sent).WaitAsync(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken);
        Assert.Equal([0, 1, 2, 0, 1, 2, 3, 4, 5], _bus.Published);
        Assert.Equal(0, _metrics.Gaps);
    }

    [Fact]
    public async Task A_bus_that_breaks_again_and_again_loses_nothing_and_changes_no_order()
    {
        var sent = new List<Task>();
        var random = new Random(3);
        for (var i = 0; i < 200; i++)
        {
            sent.Add(_outbox.SendAsync("t", Message((byte)i)));
            if (random.Next(10) == 0)
            {
                _bus.Break();
                _ = Task.Delay(random.Next(30), TestContext.Current.CancellationToken).ContinueWith(_ => _bus.IsConnected = true, TaskScheduler.Default);
            }
        }

        _bus.IsConnected = true;
        await Task.WhenAll(sent).WaitAsync(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken);
        // The first time that each goes out is after all before it have.
        Assert.Equal(Enumerable.Range(0, 200).Select(static i => (byte)i), _bus.Published.Distinct());
    }

    [Fact]
    public async Task What_waits_when_the_node_is_cut_off_is_given_up_and_counted()
    {
        _bus.IsEager = false;
        var underWay = _outbox.SendAsync("t", Message(0));
        _bus.IsConnected = false;
        var waiting = _outbox.SendAsync("t", Message(1));
        _outbox.GiveUp();
        await Assert.ThrowsAsync<ClusterUnavailableException>(() => underWay);
        await Assert.ThrowsAsync<ClusterUnavailableException>(() => waiting);
        Assert.Equal(2, _metrics.Gaps);

        _bus.Break();
        _bus.IsEager = true;
        _bus.IsConnected = true;
        await _outbox.SendAsync("t", Message(2)).WaitAsync(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken);
        Assert.Equal([0, 2], _bus.Published);
        await _outbox.FlushedAsync(TestContext.Current.CancellationToken);
    }

    [Fact]
    public void There_is_a_bound()
    {
        _bus.Break();
        var large = EventMessage.Write(Self, 0, null, null, null, new byte[1024 * 1024]);
        var taken = 0;
        while (_outbox.TrySend("t", large))
            taken++;
        Assert.InRange(taken, 60, 64);
        Assert.Throws<ClusterUnavailableException>(() => { _ = _outbox.SendAsync("t", large); });
        _outbox.GiveUp();
        Assert.True(_outbox.TrySend("t", large));
    }

    [Fact]
    public void A_second_copy_and_an_older_message_are_known_by_their_stamps()
    {
        var stamps = default(SenderStamps);
        Assert.True(stamps.TryAdvance(new MessageHeader(MessageKind.Event, 5, Sender: 1)));
        Assert.False(stamps.TryAdvance(new MessageHeader(MessageKind.Event, 5, Sender: 1)));
        Assert.False(stamps.TryAdvance(new MessageHeader(MessageKind.Event, 4, Sender: 1)));
        Assert.True(stamps.TryAdvance(new MessageHeader(MessageKind.Event, 4, Sender: 2)));
        Assert.True(stamps.TryAdvance(new MessageHeader(MessageKind.Event, 6, Sender: 1)));
        for (var sender = 3UL; sender < 1000; sender++)
            Assert.True(stamps.TryAdvance(new MessageHeader(MessageKind.Event, 1, sender)));
    }

    private static byte[] Message(byte last) => EventMessage.Write(Self, 0, null, null, null, [last]);
}
