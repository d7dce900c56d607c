using Microsoft.Extensions.Logging;
using Sockudo.Server.Metrics;

namespace Sockudo.Server.Cluster;

/// <summary>
/// Makes all nodes know the same. Each node is the only writer of its own state: it numbers the changes and tells them to everybody, with a sign of life
/// in between. Whoever finds that he has missed something, or hears a node for the first time, asks that node for all that it has. A node that is silent
/// for too long is gone, with all that it had; but who does not hear himself any more is cut off, and takes nobody's silence for granted.
/// <para>
/// No I/O and no clock of its own. <see cref="Receive"/> and <see cref="Tick"/> may come from any thread. Locks are taken in the order: this one, a channel's, that
/// of <see cref="OwnChanges"/>.
/// </para>
/// </summary>
internal sealed partial class Replication
{
    // For nodes that are there to say so, once this one has heard itself.
    private const int Introduction = 250;

    /// <summary>No node's number.</summary>
    public const ulong Nobody = ulong.MaxValue;

    private readonly NodeId _self;
    private readonly ClusterTimes _times;
    private readonly Replica _replica;
    private readonly OwnChanges _changes;
    private readonly Action<string, byte[]> _send;
    private readonly Action<Action> _later;
    private readonly ClusterMetrics _metrics;
    private readonly ILogger _logger;
    private readonly TimeProvider _time;
    private readonly long _origin;

    // What others say. Guarded by the first lock.
    private readonly Lock _gate = new();
    private readonly Dictionary<ulong, Peer> _peers = [];
    private readonly HashSet<ulong> _departed = [];
    private long _heardSelf;
    private bool _hasHeardSelf;
    private long _healed;
    private long _ticked;
    private ulong _requests;
    private volatile bool _isIsolated;
    private volatile bool _isDraining;
    private readonly Reporters _reporters;

    // What this node says. Guarded by the second lock, so that deltas and signs of life go out in the order of their numbers.
    private readonly Lock _telling = new();
    private readonly Dictionary<string, int> _toldConnections = new(StringComparer.Ordinal);
    private ulong _sequence;
    private long _lastHeartbeat;
    private long _lastCounts;

    /// <param name="self">This node.</param>
    /// <param name="times">How long to wait.</param>
    /// <param name="replica">What is known of the cluster.</param>
    /// <param name="changes">What is to be told.</param>
    /// <param name="time">The clock.</param>
    /// <param name="send">Publishes a message on a topic, in the order of the calls; must return at once.</param>
    /// <param name="later">Runs something that takes long elsewhere.</param>
    /// <param name="metrics">Counts.</param>
    /// <param name="logger"><c>sockudo.cluster</c>.</param>
    public Replication(
        NodeId self, ClusterTimes times, Replica replica, OwnChanges changes, TimeProvider time, Action<string, byte[]> send, Action<Action> later,
        ClusterMetrics metrics, ILogger logger)
    {
        _self = self;
        _times = times;
        _replica = replica;
        _changes = changes;
        _send = send;
        _later = later;
        _metrics = metrics;
        _logger = logger;
        _time = time;
        _origin = time.GetTimestamp();
        _reporters = new Reporters(self.Epoch, _peers, replica.Smoothing, time, Timestamp);
        replica.ShareReports(self.Epoch, (key, happened) => OwnerOf(key.App.App.Id, key.Name, happened), changes);
    }

    /// <summary>This node does not hear itself: it may be the only one that thinks so, or everybody does.</summary>
    public bool IsIsolated => _isIsolated;

    /// <summary>Nodes known to be up, this one included.</summary>
    public int Nodes
    {
        get
        {
            lock (_gate)
                return 1 + _peers.Values.Count(static peer => peer.Departed is null);
        }
    }

    /// <summary>The other nodes, those included that have said goodbye and are still remembered.</summary>
    public IReadOnlyList<PeerStatus> Peers
    {
        get
        {
            lock (_gate)
            {
                var now = Now;
                return [.. _peers.Values.Select(peer => new PeerStatus(
                    peer.Id, TimeSpan.FromMilliseconds(now - peer.Heard), peer.IsDraining, peer.IsCatchingUp, peer.IsSynchronised, peer.Departed is not null))];
            }
        }
    }

    /// <summary>All that is known to be there has told what it has.</summary>
    public bool IsSynchronised
    {
        get
        {
            lock (_gate)
                return _peers.Values.All(static peer => peer.IsSynchronised || peer.Departed is not null);
        }
    }

    /// <summary>
    /// This node is new, or was away, and does not know yet what has happened without it. Others have reported that, and go on doing so for it.
    /// </summary>
    public bool IsCatchingUp => _reporters.IsCatchingUp;

    private HeartbeatFlags Flags =>
        (_isDraining ? HeartbeatFlags.Draining : HeartbeatFlags.None) | (_reporters.IsCatchingUp ? HeartbeatFlags.CatchingUp : HeartbeatFlags.None);

    private long Now => (long)_time.GetElapsedTime(_origin).TotalMilliseconds;

    /// <summary>The node that reports on a channel; <see cref="Nobody"/> if that cannot be told, as this one is cut off or is catching up. Takes no lock.</summary>
    public ulong OwnerOf(string appId, string channel) => OwnerOf(appId, channel, long.MaxValue);

    /// <summary>As <see cref="OwnerOf(string, string)"/>, for what happened at a timestamp of the clock: nobody reports what happened before he came.</summary>
    public ulong OwnerOf(string appId, string channel, long happened) =>
        // Who was stopped does not know yet what was said meanwhile, before his next tick either.
        _reporters.IsReporting && Now - Volatile.Read(ref _ticked) <= _times.Pause ? _reporters.OwnerOf(appId, channel, happened) : Nobody;

    /// <summary>Another node by its number; null if it is not known.</summary>
    public NodeId? FindPeer(ulong epoch)
    {
        lock (_gate)
            return _peers.TryGetValue(epoch, out var peer) ? peer.Id : null;
    }

    /// <summary>Tells everybody that this node is there.</summary>
    public void Start()
    {
        lock (_gate)
            _heardSelf = _healed = _ticked = Now;
        Beat(HeartbeatFlags.Hello);
    }

    /// <summary>Tells everybody that this node sends its clients away.</summary>
    public void Drain()
    {
        _isDraining = true;
        Beat(HeartbeatFlags.None);
    }

    /// <summary>Somebody stays when this node has gone.</summary>
    public bool HasHeir
    {
        get
        {
            lock (_gate)
                return _reporters.Heirs.Any();
        }
    }

    /// <summary>
    /// This node is about to leave: what it still has to report to webhooks, and what went before it and is still remembered, goes now, if nobody who stays knows of it.
    /// </summary>
    public void HandOver()
    {
        long knownSince;
        lock (_gate)
        {
            foreach (var peer in _peers.Values.Where(static peer => peer.Departed is not null).ToList())
            {
                if (_reporters.HeirsSince > Timestamp(peer.Departed!.Value))
                    Depart(peer);
            }

            knownSince = _reporters.HeirsSince;
        }

        _replica.Smoothing.HandOver(knownSince);
    }

    /// <summary>Tells everybody that this node is gone now.</summary>
    public void Leave()
    {
        Tell(withCounts: true);
        Beat(HeartbeatFlags.Goodbye);
    }

    /// <summary>Tells what has changed.</summary>
    public void Tell(bool withCounts)
    {
        lock (_telling)
        {
            foreach (var delta in Wire.Deltas(_self, _sequence, _changes.Take(withCounts)))
            {
                _sequence++;
                _send(Topics.Directory, delta);
            }
        }
    }

    /// <summary>Looks at the clock; to be called several times within a heartbeat.</summary>
    public void Tick()
    {
        var now = Now;
        bool beat, counts;
        lock (_telling)
        {
            beat = now - _lastHeartbeat >= _times.Heartbeat;
            counts = now - _lastCounts >= ClusterTimes.CountInterval;
            if (counts)
                _lastCounts = now;
            if (beat)
                AddConnections();
        }

        Tell(counts);
        if (beat)
            Beat(HeartbeatFlags.None);
        bool hasCaughtUp;
        lock (_gate)
            hasCaughtUp = Watch(now);
        if (hasCaughtUp)
            Beat(HeartbeatFlags.None);
    }

    /// <summary>Takes a message from the directory or from this node's own topic. Messages of other kinds are for others.</summary>
    public void Receive(MessageHeader header, ReadOnlySpan<byte> message)
    {
        switch (header.Kind)
        {
            case MessageKind.Heartbeat when Wire.TryReadHeartbeat(message, out var name, out var sequence, out var flags, out var reportingFor):
                if (header.Sender == _self.Epoch)
                    HeardSelf(flags);
                else
                    Heard(new NodeId(header.Sender, name), sequence, flags, reportingFor);
                break;
            case MessageKind.Delta when header.Sender != _self.Epoch && Wire.SequenceOf(message) is > 0 and var sequence:
                Heard(header.Sender, sequence, message);
                break;
            case MessageKind.SnapshotRequest when Wire.TryReadSnapshotRequest(message, out var name, out var request):
                _metrics.RequestReceived();
                _later(() => SendSnapshot(new NodeId(header.Sender, name), request));
                break;
            case MessageKind.Snapshot:
                HeardPart(header.Sender, message);
                break;
        }
    }

    private void Beat(HeartbeatFlags flags)
    {
        lock (_telling)
        {
            _lastHeartbeat = Now;
            _send(Topics.Directory, Wire.Heartbeat(_self, _sequence, flags | Flags, _reporters.ReportingFor));
        }
    }

    // What has changed since it was last told.
    private void AddConnections()
    {
        var current = _replica.OwnConnections().ToList();
        foreach (var change in current)
        {
            if (_toldConnections.GetValueOrDefault(change.AppId) != change.Count)
                Say(change);
        }

        foreach (var app in _toldConnections.Keys.Except(current.Select(static change => change.AppId)).ToList())
            Say(StateChange.Connections(app, 0));

        void Say(in StateChange change)
        {
            if (change.Count == 0)
                _toldConnections.Remove(change.AppId);
            else
                _toldConnections[change.AppId] = change.Count;
            _changes.Add(change);
        }
    }

    private void SendSnapshot(NodeId peer, ulong request)
    {
        ulong begin;
        List<StateChange> connections;
        lock (_telling)
        {
            begin = _sequence;
            connections = [.. _toldConnections.Select(static told => StateChange.Connections(told.Key, told.Value))];
        }

        foreach (var part in Wire.Snapshot(_self, request, begin, Flags, connections.Concat(_replica.Reports()).Concat(_replica.OwnChannels()), End))
            _send(Topics.Node(peer), part);

        ulong End()
        {
            // What was seen and is not told yet must be told before, or it would stand in no delta up to the end.
            Tell(withCounts: true);
            lock (_telling)
                return _sequence;
        }
    }

    private void HeardSelf(HeartbeatFlags flags)
    {
        lock (_gate)
        {
            var now = Now;
            _heardSelf = now;
            if (!_hasHeardSelf)
                _healed = now;
            _hasHeardSelf = true;
            _reporters.HeardSelf(flags, _isIsolated);
            if (!_isIsolated)
                return;
            _healed = now;
            _isIsolated = false;
            _metrics.Lost();
        }

        LogHealed(_logger);
        Beat(HeartbeatFlags.Hello);
    }

    private void Heard(NodeId id, ulong sequence, HeartbeatFlags flags, ulong reportingFor)
    {
        lock (_gate)
        {
            if (_departed.Contains(id.Epoch))
                return;
            var now = Now;
            var peer = FindOrAdd(id, now, flags, reportingFor);
            if ((flags & HeartbeatFlags.Goodbye) != 0)
                peer.Departed ??= now;
            if (peer.IsSynchronised && sequence > peer.Sequence)
                Missed(peer, now);
        }

        if ((flags & HeartbeatFlags.Hello) != 0)
            Beat(HeartbeatFlags.None);
    }

    private void Heard(ulong sender, ulong sequence, ReadOnlySpan<byte> delta)
    {
        lock (_gate)
        {
            // Its name comes with its next sign of life, and only then can it be asked.
            if (_departed.Contains(sender) || !_peers.TryGetValue(sender, out var peer))
                return;
            var now = Now;
            peer.Heard = now;
            if (peer.IsSynchronised && sequence == peer.Sequence + 1)
            {
                TakeIn(peer, delta, now);
            }
            else if (!peer.IsSynchronised && peer.Keep(sequence, delta))
            {
                TryComplete(peer, now);
            }
            else if (!peer.IsSynchronised || sequence > peer.Sequence)
            {
                Missed(peer, now);
            }
        }
    }

    private void HeardPart(ulong sender, ReadOnlySpan<byte> part)
    {
        if (!Wire.TryReadPartHead(part, out var head))
            return;
        lock (_gate)
        {
            if (!_peers.TryGetValue(sender, out var peer) || peer.IsSynchronised || peer.Request != head.Request)
                return;
            var now = Now;
            peer.Heard = now;
            peer.AddPart(head, part);
            if (head.End is not null)
                _metrics.AnswerReceived();
            TryComplete(peer, now);
        }
    }

    private void TryComplete(Peer peer, long now)
    {
        if (peer.TryComplete(out var isHopeless) is { } state)
        {
            _metrics.RequestAnswered(TimeSpan.FromMilliseconds(now - peer.Asked));
            _replica.Replace(peer.Id, state, isTrusted: _reporters.KnowsBetter(peer));
            while (peer.TakeNext() is { } delta)
                TakeIn(peer, delta, now);
            if (peer.HasGap)
                Missed(peer, now);
        }
        else if (isHopeless)
        {
            _metrics.RequestUnanswered();
            Missed(peer, now);
        }
    }

    private void TakeIn(Peer peer, ReadOnlySpan<byte> delta, long now)
    {
        peer.Advance();
        if (!Wire.ReadDelta(delta, peer.Id, _replica))
            Missed(peer, now);
    }

    private void Missed(Peer peer, long now)
    {
        _metrics.Lost();
        LogGap(_logger, peer.Id.Name);
        Ask(peer, now);
    }

    private void Ask(Peer peer, long now)
    {
        peer.Ask(++_requests, now);
        _metrics.RequestSent();
        _send(Topics.Node(peer.Id), Wire.SnapshotRequest(_self, peer.Request));
    }

    private Peer FindOrAdd(NodeId id, long now, HeartbeatFlags flags, ulong reportingFor)
    {
        var isNew = !_peers.TryGetValue(id.Epoch, out var peer);
        if (peer is null)
        {
            _peers.Add(id.Epoch, peer = new Peer(id));
            LogJoined(_logger, id.Name, _peers.Count + 1);
            Ask(peer, now);
        }

        _reporters.Heard(peer, isNew, flags, now - (long)Math.Min(reportingFor, (ulong)long.MaxValue));
        peer.Heard = now;
        return peer;
    }

    // True if this node has just caught up.
    private bool Watch(long now)
    {
        // The process was stopped, or starved: what was said meanwhile may still be on its way.
        if (now - _ticked > _times.Pause)
        {
            _healed = now;
            _reporters.CatchUp();
        }

        Volatile.Write(ref _ticked, now);

        if (!_isIsolated && now - _heardSelf > _times.Isolation)
        {
            _isIsolated = true;
            _reporters.Isolated(_heardSelf, now);
            LogIsolated(_logger, _times.Isolation);
        }

        foreach (var peer in _peers.Values.ToList())
        {
            if (peer.Departed is { } departed)
            {
                if (now - departed >= _times.DrainHold)
                    Depart(peer);
            }
            else if (!_isIsolated && now - Math.Max(peer.Heard, _healed) > _times.NodeTimeout)
            {
                _metrics.NodeLost();
                Forget(peer);
                LogLost(_logger, peer.Id.Name, _times.NodeTimeout, _peers.Count + 1);
            }
            else if (!peer.IsSynchronised && now - peer.Asked >= _times.Request)
            {
                _metrics.RequestUnanswered();
                Ask(peer, now);
            }
        }

        if (!_reporters.IsCatchingUp || _isIsolated || !_hasHeardSelf || now - _healed < Introduction || !IsSynchronised)
            return false;
        _reporters.CaughtUp();
        return true;
    }

    private void Depart(Peer peer)
    {
        // A message of it that is late must not bring it back.
        _departed.Add(peer.Id.Epoch);
        Forget(peer);
        LogLeft(_logger, peer.Id.Name, _peers.Count + 1);
    }

    private void Forget(Peer peer)
    {
        _peers.Remove(peer.Id.Epoch);
        _reporters.Gone(peer, Now, () => _replica.Forget(peer.Id, isTold: _reporters.WasToldOf(peer)));
    }

    private long Timestamp(long milliseconds) => _origin + (milliseconds * _time.TimestampFrequency / 1000);

    [LoggerMessage(1, LogLevel.Information, "node joined  peer={Peer} nodes={Nodes}")]
    private static partial void LogJoined(ILogger logger, string peer, int nodes);

    [LoggerMessage(2, LogLevel.Information, "node left  peer={Peer} nodes={Nodes}")]
    private static partial void LogLeft(ILogger logger, string peer, int nodes);

    [LoggerMessage(3, LogLevel.Warning, "node lost: it was silent for too long  peer={Peer} node_timeout_ms={NodeTimeoutMs} nodes={Nodes}")]
    private static partial void LogLost(ILogger logger, string peer, int nodeTimeoutMs, int nodes);

    [LoggerMessage(4, LogLevel.Error,
        "cut off from the cluster: this node has not heard itself; views are frozen, publishing is refused  isolation_timeout_ms={IsolationTimeoutMs}")]
    private static partial void LogIsolated(ILogger logger, int isolationTimeoutMs);

    [LoggerMessage(5, LogLevel.Information, "back in the cluster: state is being exchanged")]
    private static partial void LogHealed(ILogger logger);

    [LoggerMessage(6, LogLevel.Debug, "something of a node's state was missed; asking for all of it  peer={Peer}")]
    private static partial void LogGap(ILogger logger, string peer);
}
