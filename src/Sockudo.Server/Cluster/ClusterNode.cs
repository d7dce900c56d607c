using Microsoft.Extensions.Logging;
using Sockudo.Server.Apps;
using Sockudo.Server.Caching;
using Sockudo.Server.Channels;
using Sockudo.Server.Metrics;
using Sockudo.Server.Options;
using Sockudo.Server.Webhooks;

namespace Sockudo.Server.Cluster;

/// <summary>
/// This node among the others: what it publishes, what it hears, what it tells of itself and what it knows of them. Made of parts that do one thing each;
/// this one starts and stops them and gives each message to the part that it is for. Safe from any thread.
/// </summary>
internal sealed partial class ClusterNode : IAsyncDisposable
{
    private static readonly TimeSpan TickInterval = TimeSpan.FromMilliseconds(ClusterTimes.CountInterval);

    private readonly IClusterBus _bus;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly ClusterTimes _times;
    private readonly ClusterMetrics _metrics;
    private readonly Outbox _outbox;
    private readonly Replication _replication;
    private readonly Terminations _terminations;
    private readonly AppRegistry _apps;
    private readonly bool _isCacheLocal;
    private readonly CancellationTokenSource _stopped = new();
    private readonly Lock _holdGate = new();
    private readonly Queue<(Action Leave, long Since)> _held = new();
    private Task _running = Task.CompletedTask;
    private bool _isBusStarted;
    private int _isTelling;
    private long _dropped;
    private int _foreignVersions;

    /// <param name="name">Name of this node.</param>
    /// <param name="bus">Not started.</param>
    /// <param name="options">Options.</param>
    /// <param name="hub">Channels.</param>
    /// <param name="changes">What the hub has to tell.</param>
    /// <param name="smoothing">What is reported to webhooks.</param>
    /// <param name="apps">Apps.</param>
    /// <param name="cache">Where cache channels keep their last event.</param>
    /// <param name="gates">Whose turn it is at a cache channel.</param>
    /// <param name="metrics">Counts.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger"><c>sockudo.cluster</c>.</param>
    public ClusterNode(
        string name, IClusterBus bus, SockudoOptions options, Hub hub, OwnChanges changes, WebhookSmoothing smoothing, AppRegistry apps, IEventCache cache, ChannelGates gates,
        ServerMetrics metrics, TimeProvider time, ILogger logger)
    {
        Id = NodeId.Create(name);
        _bus = bus;
        _time = time;
        _logger = logger;
        _apps = apps;
        _times = ClusterTimes.From(options.Adapter);
        _metrics = metrics.Cluster;
        _isCacheLocal = options.Cache.Driver == CacheDriver.Memory;
        _outbox = new Outbox(bus, time, _metrics, logger);
        _replication = new Replication(
            Id, _times, new Replica(hub, apps, smoothing), changes, time, (topic, message) => _outbox.TrySend(topic, message), static work => _ = Task.Run(work),
            _metrics, logger);
        ChannelTopics = new ChannelTopics(bus, time, _times, () => IsIsolated, logger);
        Replays = new Replays(time);
        Events = new EventExchange(
            Id, hub, apps, _outbox, ChannelTopics, cache, options.Cache.Driver, gates, Replays, TimeSpan.FromSeconds(options.ChannelLimits.CacheTtl), metrics, time, logger);
        _terminations = new Terminations(Id, hub, _outbox, ChannelTopics, _times, time, _metrics);
        changes.OnUrgent(TellSoon);
    }

    public NodeId Id { get; }

    /// <summary>Is told when a node, this one included, says that an app has changed in the database: its id, null if it may be any. Set before the start.</summary>
    public Action<string?>? AppsChanged { get; set; }

    /// <summary>Is told when another node has seen a cache miss that this one has to report. Set before the start.</summary>
    public Action<ChannelKey>? CacheMissed { get; set; }

    /// <summary>What is subscribed to on the bus.</summary>
    public ChannelTopics ChannelTopics { get; }

    /// <summary>Events to and from other nodes.</summary>
    public EventExchange Events { get; }

    /// <summary>Who has which event from the cache that the nodes share.</summary>
    public Replays Replays { get; }

    /// <summary>This node is cut off (storage.md 6.3).</summary>
    public bool IsIsolated => _replication.IsIsolated;

    /// <summary>The bus can be used.</summary>
    public bool IsConnected => _bus.IsConnected;

    /// <summary>There is another node that is not about to stop.</summary>
    public bool HasHeir => _replication.HasHeir;

    /// <summary>Nodes known to be up, this one included.</summary>
    public int Nodes => _replication.Nodes;

    /// <summary>The other nodes.</summary>
    public IReadOnlyList<PeerStatus> Peers => _replication.Peers;

    /// <summary>
    /// Connects, makes itself known, and returns when it knows what the others have, as far as they answer in time. May be called again after it has failed.
    /// </summary>
    /// <exception cref="Backends.BackendException">The broker cannot be used.</exception>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        if (!_isBusStarted)
            await _bus.StartAsync(OnMessage, cancellationToken).ConfigureAwait(false);
        _isBusStarted = true;
        await _bus.SubscribeAsync(Topics.Node(Id), cancellationToken).ConfigureAwait(false);
        if (_isCacheLocal)
            await _bus.SubscribeAsync(Topics.Cache, cancellationToken).ConfigureAwait(false);
        await _bus.SubscribeAsync(Topics.Directory, cancellationToken).ConfigureAwait(false);
        _replication.Start();
        _running = Task.WhenAll(RunAsync(), Events.RunAsync(_stopped.Token));
        await IntroduceAsync(cancellationToken).ConfigureAwait(false);
        LogStarted(_logger, Id.ToString(), Nodes);
    }

    /// <summary>Closes all connections of a user on all nodes (U-16).</summary>
    /// <exception cref="ClusterUnavailableException">This node is cut off.</exception>
    public Task TerminateAsync(AppScope app, string userId) =>
        IsIsolated ? throw new ClusterUnavailableException() : _terminations.TerminateAsync(app, userId);

    /// <summary>
    /// CL-2b: lets a client that was sent away stay in its channels for a moment, so that it never left if it comes back elsewhere meanwhile.
    /// </summary>
    public void Hold(Action leave)
    {
        lock (_holdGate)
            _held.Enqueue((leave, _time.GetTimestamp()));
    }

    /// <summary>Tells the node that reports on a channel of a cache miss; false if that is this one, or cannot be told.</summary>
    public bool TryTellMiss(ChannelKey key) =>
        _replication.FindPeer(_replication.OwnerOf(key.App.App.Id, key.Name)) is { } owner && _outbox.TrySend(Topics.Node(owner), Wire.CacheMissed(Id, key.App.App.Id, key.Name));

    /// <summary>Tells all nodes that any app may have changed in the database; those that are cut off notice when they look again.</summary>
    public void TellAppsChanged() => _outbox.TrySend(Topics.Directory, Wire.AppsChanged(Id, appId: null));

    /// <summary>Tells the others that this node sends its clients away.</summary>
    public void Drain() => _replication.Drain();

    /// <summary>Says goodbye, when all clients have gone; returns when the bus has it, or after a second.</summary>
    public async Task LeaveAsync()
    {
        _replication.HandOver();
        _replication.Leave();
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(1), _time);
        try
        {
            await _outbox.FlushedAsync(patience.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // The others will notice.
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stopped.CancelAsync().ConfigureAwait(false);
        await _running.ConfigureAwait(false);
        await _outbox.DisposeAsync().ConfigureAwait(false);
        await _bus.DisposeAsync().ConfigureAwait(false);
        _stopped.Dispose();
    }

    private async Task IntroduceAsync(CancellationToken cancellationToken)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(TimeSpan.FromMilliseconds(_times.Request));
        try
        {
            while (_replication.IsCatchingUp)
                await Task.Delay(TickInterval, _time, patience.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            LogNotSynchronised(_logger, _times.Request);
        }
    }

    private void OnMessage(string topic, ReadOnlySpan<byte> message)
    {
        try
        {
            if (!MessageHeader.TryRead(message, out var header, out var version))
            {
                Foreign(version);
                return;
            }

            _metrics.MessageReceived(header.Kind, message.Length);
            if (_logger.IsEnabled(LogLevel.Trace))
                LogMessage(_logger, header.Kind, message.Length);
            switch (header.Kind)
            {
                case MessageKind.Event:
                    Events.Receive(topic, header, message);
                    break;
                case MessageKind.Terminate:
                    _terminations.Receive(topic, header, message);
                    break;
                case MessageKind.Terminated:
                    _terminations.ReceiveAnswer(header, message);
                    break;
                case MessageKind.AppsChanged:
                    if (Wire.TryReadAppsChanged(message, out var appId))
                        AppsChanged?.Invoke(appId);
                    break;
                case MessageKind.CacheMissed:
                    if (Wire.TryReadCacheMissed(message, out var missedApp, out var channel))
                        CacheMissed?.Invoke(new ChannelKey(_apps.Expect(missedApp), channel));
                    break;
                default:
                    _replication.Receive(header, message);
                    break;
            }
        }
        catch (Exception exception)
        {
            // One message that nobody has thought of must not silence the bus.
            _metrics.Lost();
            LogFailed(_logger, exception);
        }
    }

    // Another program's, or one of another version; said once for each.
    private void Foreign(byte version)
    {
        _metrics.Lost();
        var bit = 1 << Math.Min((int)version, 31);
        if ((Interlocked.Or(ref _foreignVersions, bit) & bit) == 0)
            LogForeign(_logger, version);
    }

    // At once, but not under the lock of the channel that something has happened to; what happens meanwhile goes with it.
    private void TellSoon()
    {
        if (Interlocked.Exchange(ref _isTelling, 1) == 0)
            ThreadPool.UnsafeQueueUserWorkItem(static node => node.TellNow(), this, preferLocal: false);
    }

    private void TellNow()
    {
        Volatile.Write(ref _isTelling, 0);
        _replication.Tell(withCounts: false);
    }

    private async Task RunAsync()
    {
        using var timer = new PeriodicTimer(TickInterval, _time);
        try
        {
            while (await timer.WaitForNextTickAsync(_stopped.Token).ConfigureAwait(false))
                Tick();
        }
        catch (OperationCanceledException)
        {
            // The node stops.
        }
    }

    private void Tick()
    {
        try
        {
            _replication.Tick();
            ChannelTopics.Tick();
            EndHolds(TimeSpan.FromMilliseconds(_times.DrainHold));
            WatchBus();
        }
        catch (Exception exception)
        {
            // A beat that fails must not be the last one.
            LogFailed(_logger, exception);
        }
    }

    /// <summary>Nobody is left to whom the clients could come back: those that were sent away leave now.</summary>
    public void EndAllHolds() => EndHolds(TimeSpan.Zero);

    private void EndHolds(TimeSpan after)
    {
        while (true)
        {
            Action leave;
            lock (_holdGate)
            {
                if (!_held.TryPeek(out var held) || _time.GetElapsedTime(held.Since) < after)
                    return;
                leave = _held.Dequeue().Leave;
            }

            leave();
        }
    }

    private void WatchBus()
    {
        if (IsIsolated)
            Events.GiveUp(_outbox.GiveUp());

        var dropped = _bus.MessagesDropped;
        if (dropped > _dropped)
            _metrics.Lost(dropped - _dropped);
        _dropped = dropped;
    }

    [LoggerMessage(1, LogLevel.Information, "in the cluster  id={Id} nodes={Nodes}")]
    private static partial void LogStarted(ILogger logger, string id, int nodes);

    [LoggerMessage(2, LogLevel.Warning, "not all nodes have said in time what they have; it follows  request_timeout_ms={RequestTimeoutMs}")]
    private static partial void LogNotSynchronised(ILogger logger, int requestTimeoutMs);

    [LoggerMessage(3, LogLevel.Error, "a message or a beat of the cluster could not be dealt with")]
    private static partial void LogFailed(ILogger logger, Exception exception);

    [LoggerMessage(4, LogLevel.Warning,
        "a message on the bus is not understood and ignored, and so are others like it: another version, or another program with the same prefix  version={Version}")]
    private static partial void LogForeign(ILogger logger, byte version);

    [LoggerMessage(5, LogLevel.Trace, "bus message  kind={Kind} bytes={Bytes}")]
    private static partial void LogMessage(ILogger logger, MessageKind kind, int bytes);
}
