using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using Sockudo.Protocol.Channels;
using Sockudo.Protocol.Messages;
using Sockudo.Protocol.WebSockets;
using Sockudo.Server.Apps;
using Sockudo.Server.Backends;
using Sockudo.Server.Caching;
using Sockudo.Server.Channels;
using Sockudo.Server.Metrics;
using Sockudo.Server.Options;

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
    private readonly CacheDriver _cacheDriver;
    private readonly ChannelGates _gates;
    private readonly ChannelGates _publishGates = new();
    private readonly Replays _replays;
    private readonly TimeSpan _cacheLife;
    private readonly ServerMetrics _metrics;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly Channel<Caching> _caching = System.Threading.Channels.Channel.CreateBounded<Caching>(
        new BoundedChannelOptions(MaxCaching) { SingleReader = true, SingleWriter = true });

    private SenderStamps _cacheStamps;
    private long _number;
    private ulong _givenUp;

    /// <param name="self">This node.</param>
    /// <param name="hub">Delivers to local subscribers.</param>
    /// <param name="apps">Knows the apps.</param>
    /// <param name="outbox">Publishes.</param>
    /// <param name="topics">What is subscribed to.</param>
    /// <param name="cache">Keeps the last event of cache channels.</param>
    /// <param name="cacheDriver">Whether it does so for this node only, so that every node must hear all of them.</param>
    /// <param name="gates">Whose turn it is at a cache channel.</param>
    /// <param name="replays">Who has which event from the cache.</param>
    /// <param name="cacheLife">How long events are kept.</param>
    /// <param name="metrics">Counts.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger"><c>sockudo.cluster</c>.</param>
    public EventExchange(
        NodeId self, Hub hub, AppRegistry apps, Outbox outbox, ChannelTopics topics, IEventCache cache, CacheDriver cacheDriver, ChannelGates gates,
        Replays replays, TimeSpan cacheLife, ServerMetrics metrics, TimeProvider time, ILogger logger)
    {
        _self = self;
        _hub = hub;
        _apps = apps;
        _outbox = outbox;
        _topics = topics;
        _cache = cache;
        _cacheDriver = cacheDriver;
        _gates = gates;
        _replays = replays;
        _cacheLife = cacheLife;
        _metrics = metrics;
        _time = time;
        _logger = logger;
    }

    /// <summary>Publishes an event that came by the HTTP API. Completes when its place is certain: what is published afterwards comes after it. The inner task completes when the bus has it.</summary>
    /// <exception cref="ClusterUnavailableException">The bus has not taken it.</exception>
    public ValueTask<Task> PublishAsync(AppScope app, string channel, Frame frame, string? exceptSocketId)
    {
        var key = new ChannelKey(app, channel);
        if (!ChannelName.KindOf(channel).IsCache || _cacheDriver == CacheDriver.None)
            return new(_outbox.SendAsync(Topics.Channel(key), Message(frame, exceptSocketId, channel: null)));
        return _cacheDriver == CacheDriver.Memory
            ? new(_outbox.SendAsync(Topics.Cache, Message(frame, exceptSocketId, (app.App.Id, channel))))
            : new(KeepAndSendAsync(key, frame, exceptSocketId));
    }

    /// <summary>Passes a client event on. What there is no room for is lost: nobody waits for it.</summary>
    public void Relay(ChannelKey key, Frame frame, string exceptSocketId)
    {
        if (!_outbox.TrySend(Topics.Channel(key), Message(frame, exceptSocketId, channel: null)))
            _metrics.Cluster.Lost();
    }

    /// <summary>
    /// This node is cut off, so that its clients are told directly what one of them says (storage.md 6.3): what it published before and comes back later would stand behind that,
    /// and is not delivered any more (O-1).
    /// </summary>
    /// <param name="stamp">Of the last message that it has published.</param>
    public void GiveUp(ulong stamp) => Volatile.Write(ref _givenUp, stamp);

    /// <summary>An event has come; in the order of its topic.</summary>
    public void Receive(string topic, MessageHeader header, ReadOnlySpan<byte> message)
    {
        if (!EventMessage.TryRead(message, out var received) || (topic == Topics.Cache) != received.Channel.HasValue)
        {
            _metrics.Cluster.Lost();
            return;
        }

        if (header.Sender == _self.Epoch && header.Stamp <= Volatile.Read(ref _givenUp))
        {
            _metrics.Cluster.Lost();
            return;
        }

        ChannelKey key;
        var isRepeated = false;
        if (received.Channel is var (app, name))
        {
            if (!_cacheStamps.TryAdvance(header))
                return;
            key = new ChannelKey(_apps.Expect(app), name);
        }
        else if (_topics.Accept(topic, header, out isRepeated) is { } accepted)
        {
            key = accepted;
        }
        else
        {
            if (isRepeated)
                _metrics.Cluster.Lost();
            return;
        }

        var frame = Frame.Create(Opcode.Text, received.Payload);
        if (received.Channel is null && received.Number is null)
            Deliver(key, frame, received.ExceptSocketId, header.Sender, received.Accepted, whoHas: null);
        else if (!_caching.Writer.TryWrite(new Caching(key, frame, received.ExceptSocketId, header.Sender, received.Accepted, received.Number)))
            _metrics.Cluster.Lost();
    }

    /// <summary>Lets events of cache channels take their turns (K-6) until nothing more can come.</summary>
    public async Task RunAsync(CancellationToken stopping)
    {
        try
        {
            await foreach (var (key, frame, except, sender, accepted, number) in _caching.Reader.ReadAllAsync(stopping).ConfigureAwait(false))
            {
                try
                {
                    using var turn = await _gates.EnterAsync(key.App.App.Id, key.Name).ConfigureAwait(false);
                    if (number is null)
                        await _cache.SetAsync(key.App.App.Id, key.Name, EventFrame.BodyOf(frame, key.Name), origin: null, _cacheLife, stopping).ConfigureAwait(false);
                    Deliver(key, frame, except, sender, accepted, number is { } known ? _replays.WhoHas(key, new EventOrigin(sender, known)) : null);
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

    // The cache before the bus: who finds nothing there gets the event from the bus.
    private async Task<Task> KeepAndSendAsync(ChannelKey key, Frame frame, string? exceptSocketId)
    {
        // One at a time, so that the cache keeps the last one.
        using var turn = await _publishGates.EnterAsync(key.App.App.Id, key.Name).ConfigureAwait(false);
        var number = (ulong)Interlocked.Increment(ref _number);
        try
        {
            await _cache.SetAsync(key.App.App.Id, key.Name, EventFrame.BodyOf(frame, key.Name), new EventOrigin(_self.Epoch, number), _cacheLife, CancellationToken.None).ConfigureAwait(false);
        }
        catch (BackendException)
        {
            // storage.md 3: "publishing goes on and answers 200, the event is not cached"; the state of the cache has been told.
        }

        return _outbox.SendAsync(Topics.Channel(key), Message(frame, exceptSocketId, channel: null, number));
    }

    private byte[] Message(Frame frame, string? exceptSocketId, (string, string)? channel, ulong? number = null) =>
        EventMessage.Write(_self, _time.GetTimestamp(), exceptSocketId, channel, number, frame.Payload);

    private void Deliver(ChannelKey key, Frame frame, string? exceptSocketId, ulong sender, long accepted, HashSet<string>? whoHas)
    {
        if (whoHas is not null && exceptSocketId is not null)
            whoHas.Add(exceptSocketId);
        var recipients = whoHas is null ? _hub.Deliver(key, frame, exceptSocketId) : _hub.Deliver(key, frame, whoHas);
        if (sender == _self.Epoch)
            _metrics.BroadcastLatency.Record(ChannelName.KindOf(key.Name), recipients, _time.GetElapsedTime(accepted));
    }

    [LoggerMessage(1, LogLevel.Error, "an event of a cache channel could not be kept")]
    private static partial void LogNotKept(ILogger logger, Exception exception);

    private readonly record struct Caching(ChannelKey Key, Frame Frame, string? ExceptSocketId, ulong Sender, long Accepted, ulong? Number);
}
