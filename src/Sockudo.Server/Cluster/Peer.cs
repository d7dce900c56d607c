namespace Sockudo.Server.Cluster;

/// <summary>
/// What is known of another node, and how far behind. Guarded by the lock of <see cref="Replication"/>.
/// <para>
/// A snapshot is not of one moment: the node that makes it goes on working meanwhile. It says with which delta it began and with which it ended; every change in
/// between is in one of the deltas between the two, and since changes say what is and not what happened, the snapshot with those deltas on top is exactly
/// the state after the last of them.
/// </para>
/// </summary>
internal sealed class Peer(NodeId id)
{
    private const int MaxBufferedBytes = 16 * 1024 * 1024;

    private readonly SortedDictionary<ulong, byte[]> _deltas = [];
    private readonly SortedDictionary<int, byte[]> _parts = [];
    private int _bufferedBytes;
    private int _lastPart;
    private ulong _begin;
    private ulong _end;

    public NodeId Id { get; } = id;

    /// <summary>When it was last heard of, in milliseconds.</summary>
    public long Heard { get; set; }

    /// <summary>It sends its clients away.</summary>
    public bool IsDraining { get; set; }

    /// <summary>It is new, or was away, and reports nothing yet.</summary>
    public bool IsCatchingUp { get; set; }

    /// <summary>So it was when it made the snapshot that came last.</summary>
    public bool WasCatchingUp { get; private set; }

    /// <summary>It reported before this node was cut off last, and has not missed anything since.</summary>
    public bool HasStayed { get; set; }

    /// <summary>Since when it knows what happens, as a timestamp of the clock: from its first sign of life on in which it is not catching up any more.</summary>
    public long WitnessSince { get; set; } = long.MaxValue;

    /// <summary>When it said goodbye; null if it has not.</summary>
    public long? Departed { get; set; }

    /// <summary>Number of the last delta that is taken in.</summary>
    public ulong Sequence { get; private set; }

    /// <summary>All up to <see cref="Sequence"/> is known.</summary>
    public bool IsSynchronised { get; private set; }

    /// <summary>Number of the request for a snapshot; 0 = none is out.</summary>
    public ulong Request { get; private set; }

    /// <summary>When it was asked, in milliseconds.</summary>
    public long Asked { get; private set; }

    /// <summary>
    /// Something is missing: from now on deltas are kept until a snapshot has come. Those that have come before are of no use: the peer had published them before it
    /// hears the request, so they are in its answer.
    /// </summary>
    public void Ask(ulong request, long now)
    {
        ClearDeltas();
        Request = request;
        Asked = now;
        IsSynchronised = false;
        _parts.Clear();
        _lastPart = -1;
    }

    /// <summary>The next delta in its order has been taken in.</summary>
    public void Advance() => Sequence++;

    /// <summary>Keeps a delta for later. False if that is too much: then only another snapshot helps, which must be asked for.</summary>
    public bool Keep(ulong sequence, ReadOnlySpan<byte> delta)
    {
        if (_bufferedBytes + delta.Length > MaxBufferedBytes)
            return false;
        if (_deltas.TryAdd(sequence, delta.ToArray()))
            _bufferedBytes += delta.Length;
        return true;
    }

    /// <summary>A part of the snapshot has come.</summary>
    /// <param name="part">Which.</param>
    /// <param name="message">The whole message.</param>
    public void AddPart(in SnapshotPart part, ReadOnlySpan<byte> message)
    {
        _parts.TryAdd(part.Index, message.ToArray());
        _begin = part.Begin;
        WasCatchingUp = (part.Flags & HeartbeatFlags.CatchingUp) != 0;
        if (part.End is not { } last)
            return;
        _end = last;
        _lastPart = part.Index;
    }

    /// <summary>
    /// The state, if all of it is here; from then on the peer is synchronised, and <see cref="TakeNext"/> gives what has come since. Null if something
    /// is still missing.
    /// </summary>
    /// <param name="isHopeless">What is missing cannot come any more.</param>
    public PeerState? TryComplete(out bool isHopeless)
    {
        isHopeless = false;
        if (_lastPart < 0 || _parts.Count != _lastPart + 1)
            return null;
        if (_end < _begin)
        {
            isHopeless = true;
            return null;
        }

        var next = _begin + 1;
        foreach (var sequence in _deltas.Keys)
        {
            if (sequence == next && next <= _end)
                next++;
        }

        if (next <= _end)
        {
            // Deltas come in order: one that is missing while a later one is here was lost.
            isHopeless = _deltas.Keys.Any(sequence => sequence > next);
            return null;
        }

        var state = new PeerState();
        foreach (var part in _parts.Values)
        {
            if (Wire.ReadPart(part, state))
                continue;
            isHopeless = true;
            return null;
        }

        for (var sequence = _begin + 1; sequence <= _end; sequence++)
            Wire.ReadDelta(_deltas[sequence], state);
        Sequence = _end;
        IsSynchronised = true;
        Request = 0;
        _parts.Clear();
        return state;
    }

    /// <summary>A kept delta that is next in its order; null if there is none. Older ones are thrown away.</summary>
    public byte[]? TakeNext()
    {
        while (_deltas.Count > 0)
        {
            var (sequence, delta) = _deltas.First();
            if (sequence > Sequence + 1)
                return null;
            _deltas.Remove(sequence);
            _bufferedBytes -= delta.Length;
            if (sequence == Sequence + 1)
                return delta;
        }

        return null;
    }

    /// <summary>Deltas are kept that cannot be taken in: one before them is missing.</summary>
    public bool HasGap => _deltas.Count > 0;

    private void ClearDeltas()
    {
        _deltas.Clear();
        _bufferedBytes = 0;
    }
}
