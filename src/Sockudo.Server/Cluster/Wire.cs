namespace Sockudo.Server.Cluster;

/// <summary>Messages by which nodes tell each other what they have.</summary>
internal static class Wire
{
    /// <summary>Parts of larger things are no larger than this and one change more.</summary>
    private const int PartBytes = 128 * 1024;

    /// <summary>A sign of life.</summary>
    /// <param name="self">Who lives.</param>
    /// <param name="sequence">Number of its last delta.</param>
    /// <param name="flags">How it is.</param>
    /// <param name="reportingFor">For how many milliseconds it has not missed anything, and has reported; 0 if it does not.</param>
    public static byte[] Heartbeat(NodeId self, ulong sequence, HeartbeatFlags flags, ulong reportingFor)
    {
        var writer = new WireWriter(MessageKind.Heartbeat, self);
        writer.Text(self.Name);
        writer.Number(sequence);
        writer.Byte((byte)flags);
        writer.Number(reportingFor);
        return writer.ToArray();
    }

    public static bool TryReadHeartbeat(ReadOnlySpan<byte> message, out string name, out ulong sequence, out HeartbeatFlags flags, out ulong reportingFor)
    {
        var reader = new WireReader(message);
        name = reader.Text();
        sequence = reader.Number();
        flags = (HeartbeatFlags)reader.Byte();
        reportingFor = reader.Number();
        return !reader.IsDamaged;
    }

    /// <summary>Deltas with as many of the changes as fit into each, numbered from <paramref name="sequence"/> + 1 on.</summary>
    public static IEnumerable<byte[]> Deltas(NodeId self, ulong sequence, IReadOnlyList<StateChange> changes)
    {
        for (var next = 0; next < changes.Count;)
        {
            var writer = new WireWriter(MessageKind.Delta, self);
            writer.Number(++sequence);
            for (; next < changes.Count && writer.Length < PartBytes; next++)
                changes[next].Write(writer);
            yield return writer.ToArray();
        }
    }

    /// <summary>The number of a delta; 0 if it is damaged.</summary>
    public static ulong SequenceOf(ReadOnlySpan<byte> delta)
    {
        var reader = new WireReader(delta);
        return reader.Number();
    }

    /// <summary>The changes of a delta; what cannot be read ends it.</summary>
    /// <param name="delta">The message.</param>
    /// <param name="state">Takes them in.</param>
    public static void ReadDelta(ReadOnlySpan<byte> delta, PeerState state)
    {
        var reader = new WireReader(delta);
        reader.Number();
        while (StateChange.Read(ref reader) is { } change)
            state.Apply(change);
    }

    /// <summary>Takes in the changes of a delta; false if a part of it cannot be read.</summary>
    public static bool ReadDelta(ReadOnlySpan<byte> delta, NodeId peer, Replica replica)
    {
        var reader = new WireReader(delta);
        reader.Number();
        while (StateChange.Read(ref reader) is { } change)
            replica.Apply(peer, change);
        return !reader.IsDamaged;
    }

    public static byte[] SnapshotRequest(NodeId self, ulong request)
    {
        var writer = new WireWriter(MessageKind.SnapshotRequest, self);
        writer.Text(self.Name);
        writer.Fixed(request);
        return writer.ToArray();
    }

    public static bool TryReadSnapshotRequest(ReadOnlySpan<byte> message, out string name, out ulong request)
    {
        var reader = new WireReader(message);
        name = reader.Text();
        request = reader.Fixed();
        return !reader.IsDamaged;
    }

    /// <summary>The parts of a snapshot, made while they are taken.</summary>
    /// <param name="self">Whose state it is.</param>
    /// <param name="request">What it answers.</param>
    /// <param name="begin">Number of the last delta before the state was looked at.</param>
    /// <param name="flags">How the node is.</param>
    /// <param name="state">The state.</param>
    /// <param name="end">Called when all of it has been looked at: the number of the last delta then.</param>
    public static IEnumerable<byte[]> Snapshot(NodeId self, ulong request, ulong begin, HeartbeatFlags flags, IEnumerable<StateChange> state, Func<ulong> end)
    {
        var index = 0;
        var writer = Part(isLast: false);
        foreach (var change in state)
        {
            change.Write(writer);
            if (writer.Length < PartBytes)
                continue;
            yield return writer.ToArray();
            writer = Part(isLast: false);
        }

        yield return writer.ToArray();
        writer = Part(isLast: true);
        yield return writer.ToArray();

        WireWriter Part(bool isLast)
        {
            var part = new WireWriter(MessageKind.Snapshot, self);
            part.Fixed(request);
            part.Number((ulong)index++);
            part.Number(begin);
            // Larger by one, so that 0 can say that it is not known yet.
            part.Number(isLast ? end() + 1 : 0);
            part.Byte((byte)flags);
            return part;
        }
    }

    public static bool TryReadPartHead(ReadOnlySpan<byte> message, out SnapshotPart part)
    {
        var reader = new WireReader(message);
        part = ReadPartHead(ref reader);
        return !reader.IsDamaged;
    }

    /// <summary>Takes in the content of a part; false if it is damaged.</summary>
    public static bool ReadPart(ReadOnlySpan<byte> message, PeerState state)
    {
        var reader = new WireReader(message);
        ReadPartHead(ref reader);
        while (StateChange.Read(ref reader) is { } change)
            state.Apply(change);
        return !reader.IsDamaged;
    }

    /// <summary>Tells that an app has changed in the database.</summary>
    /// <param name="self">Who says so; need not be a node that anybody knows.</param>
    /// <param name="appId">Which; null if it may be any.</param>
    public static byte[] AppsChanged(NodeId self, string? appId)
    {
        var writer = new WireWriter(MessageKind.AppsChanged, self);
        writer.Text(appId ?? "");
        return writer.ToArray();
    }

    public static bool TryReadAppsChanged(ReadOnlySpan<byte> message, out string? appId)
    {
        var reader = new WireReader(message);
        appId = reader.Text() is { Length: > 0 } id ? id : null;
        return !reader.IsDamaged;
    }

    /// <summary>Tells that somebody has subscribed to a cache channel that has nothing.</summary>
    public static byte[] CacheMissed(NodeId self, string appId, string channel)
    {
        var writer = new WireWriter(MessageKind.CacheMissed, self);
        writer.Text(appId);
        writer.Text(channel);
        return writer.ToArray();
    }

    public static bool TryReadCacheMissed(ReadOnlySpan<byte> message, out string appId, out string channel)
    {
        var reader = new WireReader(message);
        appId = reader.Text();
        channel = reader.Text();
        return !reader.IsDamaged;
    }

    private static SnapshotPart ReadPartHead(ref WireReader reader) =>
        new(reader.Fixed(), reader.Count(), reader.Number(), reader.Number() is > 0 and var last ? last - 1 : null, (HeartbeatFlags)reader.Byte());
}
