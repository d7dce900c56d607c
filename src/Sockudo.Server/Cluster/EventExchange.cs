using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using Sockudo.Protocol.Channels;
using Sockudo.Protocol.Messages;
using Sockudo.Protocol.WebSockets;
using Sockudo.Server.Apps;
using Sockudo.Server.Caching;
using Sockudo.Server.Channels;
using Sockudo.Server.Metrics;

namespace Sockudo.Server.Cluster;

/// <summary>
/// Events between nodes. Every event goes out on the topic of its channel, and is delivered where it comes in: on the node that publishes it, too. So all subscribers
/// of a channel, wherever they are, see its events in one order, the bus's; and an event that was answered for stands before all that are published later, on
/// whichever node (O-1).
/// </summary>
internal sealed partial class EventExchange
{
    // What waits for its turn at the cache; events of cache channels come by the publisher's leave, one at a time.
    private const int MaxCaching = 100_000;

    private readonly NodeId _self;
    private readonly Hub _hub;
    private readonly AppRegistry _apps;
    private readonly Outbox _outbox;
    private readonly ChannelTopics _topics;
    private readonly IEventCache _cache;
    private readonly bool _isCacheLocal;
    private readonly ChannelGates _gates;
    private readonly TimeSpan _cacheLife;
    private readonly ServerMetrics _metrics;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly Channel<Caching> _caching = System.Threading.Channels.Channel.CreateBounded<Caching>(
        new BoundedChannelOptions(MaxCaching) { SingleReader = true, SingleWriter = true });

    private SenderStamps _cacheStamps;

    /// <param name="self">This node.</param>
    /// <param name="hub">Delivers to local subscribers.</param>
    /// <param name="apps">Knows the apps.</param>
    /// <param name="outbox">Publishes.</param>
    /// <param name="topics">What is subscribed to.</param>
    /// <param name="cache">Keeps the last event of cache channels.</param>
    /// <param name="isCacheLocal">It does so for this node only, so that every node must hear all of them.</param>
    /// <param name="gates">Whose turn it is at a cache channel.</param>
    /// <param name="cacheLife">How long events are kept.</param>
    /// <param name="metrics">Counts.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger"><c>sockudo.cluster</c>.</param>
    public EventExchange(
        NodeId self, Hub hub, AppRegistry apps, Outbox outbox, ChannelTopics topics, IEventCache cache, bool isCacheLocal, ChannelGates gates,
        TimeSpan cacheLife, ServerMetrics metrics, TimeProvider time, ILogger logger)
    {
        _self = self;
        _hub = hub;
        _apps = apps;
        _outbox = outbox;
        _topics = topics;
        _cache = cache;
        _isCacheLocal = isCacheLocal;
        _gates = gates;
        _cacheLife = cacheLife;
        _metrics = metrics;
        _time = time;
        _logger = logger;
    }

    /// <summary>Publishes an event that came by the HTTP API; completes when the bus has it.</summary>
    /// <exception cref="ClusterUnavailableException">The bus has not taken it.</exception>
    public Task PublishAsync(AppScope app, string channel, Frame frame, string? exceptSocketId)
    {
        var key = new ChannelKey(app, channel);
        return _isCacheLocal && ChannelName.KindOf(channel).IsCache
            ? _outbox.SendAsync(Topics.Cache, Message(frame, exceptSocketId, (app.App.Id, channel)))
            : _outbox.SendAsync(Topics.Channel(key), Message(frame, exceptSocketId, channel: null));
    }

    /// <summary>Passes a client event on. What there is no room for is lost: nobody waits for it.</summary>
    public void Relay(ChannelKey key, Frame frame, string exceptSocketId)
    {
        if (!_outbox.TrySend(Topics.Channel(key), Message(frame, exceptSocketId, channel: null)))
            _metrics.Cluster.Lost();
    }

    /// <summary>An event has come; in the order of its topic.</summary>
    public void Receive(string topic, MessageHeader header, ReadOnlySpan<byte> message)
    {
        if (!EventMessage.TryRead(message, out var received) || (topic == Topics.Cache) != received.Channel.HasValue)
        {
            _metrics.Cluster.Lost();
            return;
        }

        if (received.Channel is var (app, name))
        {
            if (!_cacheStamps.TryAdvance(header))
                return;
            var caching = new Caching(
                new ChannelKey(_apps.Expect(app), name), Frame.Create(Opcode.Text, received.Payload), received.ExceptSocketId, header.Sender, received.Accepted);
            if (!_caching.Writer.TryWrite(caching))
                _metrics.Cluster.Lost();
        }
        else if (_topics.Accept(topic, header, out var isRepeated) is { } key)
        {
            Deliver(key, Frame.Create(Opcode.Text, received.Payload), received.ExceptSocketId, header.Sender, received.Accepted);
        }
        else if (isRepeated)
        {
            _metrics.Cluster.Lost();
        }
    }

    /// <summary>Lets events of cache channels take their turns (K-6) until nothing more can come.</summary>
    public async Task RunAsync(CancellationToken stopping)
    {
        try
        {
            await foreach (var (key, frame, except, sender, accepted) in _caching.Reader.ReadAllAsync(stopping).ConfigureAwait(false))
            {
                try
                {
                    using var turn = await _gates.EnterAsync(key.App.App.Id, key.Name).ConfigureAwait(false);
                    await _cache.SetAsync(key.App.App.Id, key.Name, EventFrame.BodyOf(frame, key.Name), _cacheLife, stopping).ConfigureAwait(false);
                    Deliver(key, frame, except, sender, accepted);
                }
                catch (Exception exception) when (exception is not OperationCanceledException)
                {
                    LogNotKept(_logger, exception);
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The node stops.
        }
    }

    private byte[] Message(Frame frame, string? exceptSocketId, (string, string)? channel) =>
        EventMessage.Write(_self, _time.GetTimestamp(), exceptSocketId, channel, frame.Payload);

    private void Deliver(ChannelKey key, Frame frame, string? exceptSocketId, ulong sender, long accepted)
    {
        var recipients = _hub.Deliver(key, frame, exceptSocketId);
        if (sender == _self.Epoch)
            _metrics.BroadcastLatency.Record(ChannelName.KindOf(key.Name), recipients, _time.GetElapsedTime(accepted));
    }

    [LoggerMessage(1, LogLevel.Error, "an event of a cache channel could not be kept")]
    private static partial void LogNotKept(ILogger logger, Exception exception);

    private readonly record struct Caching(ChannelKey Key, Frame Frame, string? ExceptSocketId, ulong Sender, long Accepted);
}
