using Sockudo.Server.Webhooks;

namespace Sockudo.Server.Cluster;

/// <summary>
/// Which node reports to webhooks, as this one sees it, and what that means for this one when nodes come and go, and when it is cut off itself. Guarded by the lock of
/// <see cref="Replication"/>, but for <see cref="OwnerOf"/> and what it answers with. Times are in milliseconds, timestamps those of the clock.
/// </summary>
/// <param name="self">This node.</param>
/// <param name="peers">The other nodes.</param>
/// <param name="smoothing">What is reported to webhooks.</param>
/// <param name="time">The clock.</param>
/// <param name="timestampOf">Makes a timestamp of milliseconds.</param>
internal sealed class Reporters(ulong self, IReadOnlyDictionary<ulong, Peer> peers, WebhookSmoothing smoothing, TimeProvider time, Func<long, long> timestampOf)
{
    // From when a node knows of a change to when it has reported it, at most; and nodes hear of a change at slightly different times.
    private const int ReportTime = 100;

    // For which a node that was lost is thought to be cut off rather than dead.
    private const int LostMayReturn = 60_000;

    private volatile Ownership _ownership = new([(self, long.MaxValue)]);
    private volatile bool _isCatchingUp = true;
    private volatile bool _isReporting;
    private bool _hasReported;
    private HeartbeatFlags _heardFlags;
    private long _witnessSince = long.MaxValue;
    private long? _cutOff;
    private long? _lastCutOff;
    private long _reportingSince;
    private (long Heard, long Noticed)? _lost;

    /// <summary>This node knows what it missed, and reports.</summary>
    public bool IsReporting => _isReporting;

    /// <summary>For how long it has, in milliseconds; 0 if it does not.</summary>
    public ulong ReportingFor => _isReporting ? (ulong)time.GetElapsedTime(Volatile.Read(ref _reportingSince)).TotalMilliseconds : 0;

    /// <inheritdoc cref="Replication.IsCatchingUp"/>
    public bool IsCatchingUp => _isCatchingUp;

    /// <summary>Nodes that stay when this one has gone.</summary>
    public IEnumerable<Peer> Heirs => peers.Values.Where(static peer => !peer.IsDraining && peer.Departed is null);

    /// <summary>Since when somebody who stays knows everything, as a timestamp; <see cref="long.MaxValue"/> if nobody does.</summary>
    public long HeirsSince => Heirs.Select(static heir => heir.WitnessSince).DefaultIfEmpty(long.MaxValue).Min();

    /// <summary>The node that reports what happened on a channel at a timestamp. Takes no lock.</summary>
    public ulong OwnerOf(string appId, string channel, long happened) => _ownership.OwnerOf(appId, channel, happened);

    /// <summary>
    /// Whether another node, when it made its snapshot, knew better than this one what webhooks were told: that was away, or is new. Its signs of life do not say: the last one
    /// may be from before it was cut off too. Of two that each took the other for better, neither would report who has left both.
    /// </summary>
    public bool KnowsBetter(Peer peer) => _isCatchingUp && (!_hasReported || !peer.WasCatchingUp);

    /// <summary>Whether somebody who stayed while this node was away, and knew what another one had, has told of it that it is gone.</summary>
    public bool WasToldOf(Peer peer) => peer.Heard < _lastCutOff && peers.Values.Any(other => other.HasStayed && other.WitnessSince <= timestampOf(peer.Heard));

    /// <summary>What this node says of itself counts for itself when the others hear it too: then they agree on who reports what.</summary>
    public void HeardSelf(HeartbeatFlags flags, bool isIsolated)
    {
        _heardFlags = flags;
        var isCaughtUp = (flags & HeartbeatFlags.CatchingUp) == 0;
        if (isCaughtUp && _witnessSince == long.MaxValue)
            _witnessSince = time.GetTimestamp();
        Changed();
        if (isCaughtUp && !_isReporting && !isIsolated && !_isCatchingUp)
            Report();
    }

    /// <summary>Another node says how it is.</summary>
    /// <param name="peer">The node, as it was.</param>
    /// <param name="isNew">It has not been heard before.</param>
    /// <param name="flags">How it is now.</param>
    /// <param name="reportingSince">Since when it has reported and not missed anything.</param>
    public void Heard(Peer peer, bool isNew, HeartbeatFlags flags, long reportingSince)
    {
        var isDraining = (flags & (HeartbeatFlags.Draining | HeartbeatFlags.Goodbye)) != 0;
        var isCatchingUp = (flags & HeartbeatFlags.CatchingUp) != 0;
        // Who was cut off too and came back a moment earlier has not stayed. What he says last counts: what comes first may have been on its way since before.
        peer.HasStayed = !isCatchingUp && (_cutOff is { } cutOff ? reportingSince < cutOff : peer.HasStayed);
        if (!isNew && peer.IsDraining == isDraining && peer.IsCatchingUp == isCatchingUp)
            return;
        var wasAway = !isNew && isCatchingUp && !peer.IsCatchingUp;
        peer.IsDraining = isDraining;
        peer.IsCatchingUp = isCatchingUp;
        // Whoever was there when this node came has seen all that this one can know of; but not who came while it was away.
        if (!isCatchingUp && peer.WitnessSince == long.MaxValue)
            peer.WitnessSince = !isNew ? time.GetTimestamp() + 1 : _hasReported ? timestampOf(reportingSince) : long.MinValue;
        Changed();
        // It lives: what it has said to have reported it has.
        if (wasAway)
            smoothing.TakeOver(peer.Id.Epoch, long.MaxValue);
    }

    /// <summary>This node may have missed something, and reports nothing until it has caught up.</summary>
    public void CatchUp()
    {
        _isReporting = false;
        _isCatchingUp = true;
        Changed();
    }

    /// <summary>It has, and reports as soon as the others hear so.</summary>
    public void CaughtUp() => _isCatchingUp = false;

    /// <summary>This node notices that it is cut off.</summary>
    /// <param name="heardSelf">When it has last heard itself.</param>
    /// <param name="now">Now.</param>
    public void Isolated(long heardSelf, long now)
    {
        _cutOff = now;
        foreach (var peer in peers.Values)
            peer.HasStayed = false;
        // A node that was lost not long before may be the one that comes back first.
        var heard = _lost is { } lost && now - lost.Noticed < LostMayReturn ? Math.Min(lost.Heard, heardSelf) : heardSelf;
        smoothing.CutOff(timestampOf(heard - ReportTime));
        CatchUp();
    }

    /// <summary>Another node is gone. It is none of <c>peers</c> any more; what it had still has to be forgotten.</summary>
    /// <param name="peer">The node.</param>
    /// <param name="now">Now.</param>
    /// <param name="forget">Forgets what it had.</param>
    public void Gone(Peer peer, long now, Action forget)
    {
        // Who came when it was silent already does not know what it had, and cannot report that it goes.
        var silent = timestampOf(peer.Departed ?? peer.Heard);
        var newcomers = peers.Values.Where(other => other.WitnessSince > silent).ToList();
        newcomers.ForEach(static newcomer => newcomer.WitnessSince = long.MaxValue);
        // First, so that it is one of those who stay that reports what goes.
        Changed();
        if (peer.Departed is null)
            _lost = (peer.Heard, now);
        smoothing.TakeOver(peer.Id.Epoch, peer.Departed is null ? timestampOf(peer.Heard - ReportTime) : long.MaxValue);
        forget();
        foreach (var newcomer in newcomers.Where(static newcomer => !newcomer.IsCatchingUp))
            newcomer.WitnessSince = time.GetTimestamp() + 1;
        Changed();
    }

    /// <summary>Somebody comes, goes, or is another than before.</summary>
    public void Changed() => _ownership = Among(static node => !node.IsCatchingUp);

    // The others hear now, too, that this node has caught up.
    private void Report()
    {
        Volatile.Write(ref _reportingSince, time.GetTimestamp());
        _isReporting = _hasReported = true;
        if (_cutOff is not null && !peers.Values.Any(static peer => peer.HasStayed))
        {
            // Everybody was cut off, so that nobody has reported anything; whoever comes first among all does.
            _ownership = Among(static _ => true);
            smoothing.GoOn();
            Changed();
        }
        else
        {
            _lastCutOff = _cutOff ?? _lastCutOff;
            smoothing.GoOn();
        }

        _cutOff = null;
    }

    private Ownership Among(Func<Candidate, bool> isMeant)
    {
        List<Candidate> up =
        [
            new(self, (_heardFlags & (HeartbeatFlags.Draining | HeartbeatFlags.Goodbye)) == 0, _isCatchingUp || (_heardFlags & HeartbeatFlags.CatchingUp) != 0, _witnessSince),
            .. peers.Values.Where(static peer => peer.Departed is null).Select(static peer => new Candidate(peer.Id.Epoch, !peer.IsDraining, peer.IsCatchingUp, peer.WitnessSince)),
        ];
        var candidates = up.Where(node => node.IsStaying && isMeant(node)).ToList();
        // If everybody is new, or leaves, somebody still has to report.
        if (candidates.Count == 0)
            candidates = up.Where(static node => node.IsStaying).ToList();
        if (candidates.Count == 0)
            candidates = up;
        return new Ownership([.. candidates.Select(static node => (node.Epoch, node.Since))]);
    }

    private readonly record struct Candidate(ulong Epoch, bool IsStaying, bool IsCatchingUp, long Since);
}
