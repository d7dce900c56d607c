using Sockudo.Server.Cluster;
using Sockudo.Server.Webhooks;

namespace Sockudo.Fuzz.Targets;

/// <summary>
/// Messages between nodes: whatever comes, it is read or called damaged, with no more memory than it has bytes for; what was read can be written, and is read again as the same.
/// </summary>
internal static class ClusterMessageTarget
{
    private static readonly NodeId Self = new(7, "self");

    public static void Check(byte[] input)
    {
        if (!MessageHeader.TryRead(input, out var header, out _))
            return;
        var before = GC.GetAllocatedBytesForCurrentThread();
        CheckKind(header.Kind, input);
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        Finding.Unless(allocated < 256 * 1024 + (512L * input.Length), $"{allocated} bytes are allocated for {input.Length}");
    }

    private static void CheckKind(MessageKind kind, byte[] input)
    {
        switch (kind)
        {
            case MessageKind.Heartbeat:
                if (Wire.TryReadHeartbeat(input, out var name, out var sequence, out var flags, out var reportingFor))
                {
                    var heartbeat = Wire.Heartbeat(Self with { Name = name }, sequence, flags, reportingFor);
                    Finding.Unless(Wire.TryReadHeartbeat(heartbeat, out var name2, out var sequence2, out var flags2, out var reportingFor2), "a heartbeat does not come back");
                    Finding.UnlessSame((name, sequence, flags, reportingFor), (name2, sequence2, flags2, reportingFor2), "heartbeat");
                }

                break;
            case MessageKind.Delta:
                CheckChanges(input, Wire.SequenceOf(input));
                break;
            case MessageKind.SnapshotRequest:
                if (Wire.TryReadSnapshotRequest(input, out var asker, out var request))
                {
                    Finding.Unless(Wire.TryReadSnapshotRequest(Wire.SnapshotRequest(Self with { Name = asker }, request), out var asker2, out var request2), "a request does not come back");
                    Finding.UnlessSame((asker, request), (asker2, request2), "request");
                }

                break;
            case MessageKind.Snapshot:
                CheckPart(input);
                break;
            case MessageKind.Event:
                CheckEvent(input);
                break;
            case MessageKind.AppsChanged:
                if (Wire.TryReadAppsChanged(input, out var app))
                    Finding.Unless(Wire.TryReadAppsChanged(Wire.AppsChanged(Self, app), out var app2) && app2 == app, "an app does not come back");
                break;
            case MessageKind.CacheMissed:
                if (Wire.TryReadCacheMissed(input, out var owner, out var channel))
                    Finding.Unless(Wire.TryReadCacheMissed(Wire.CacheMissed(Self, owner, channel), out var owner2, out var channel2) && (owner2, channel2) == (owner, channel), "a channel does not come back");
                break;
            default:
                break;
        }
    }

    private static void CheckChanges(byte[] input, ulong sequence)
    {
        var changes = ReadChanges(input);
        var state = new PeerState();
        Wire.ReadDelta(input, state);
        var again = changes.Count == 0 ? [] : Wire.Deltas(Self, sequence, changes).ToList();
        Finding.UnlessSame(Show(changes), Show([.. again.SelectMany(static message => ReadChanges(message))]), "changes");
        var copy = new PeerState();
        foreach (var message in again)
            Wire.ReadDelta(message, copy);
        Finding.UnlessSame(Show(state), Show(copy), "state");
    }

    private static List<StateChange> ReadChanges(byte[] message)
    {
        var reader = new WireReader(message);
        reader.Number();
        var changes = new List<StateChange>();
        while (StateChange.Read(ref reader) is { } change)
            changes.Add(change);
        return changes;
    }

    private static void CheckPart(byte[] input)
    {
        var state = new PeerState();
        if (!Wire.TryReadPartHead(input, out var part))
        {
            Finding.Unless(!Wire.ReadPart(input, state), "a part without a head is read");
            return;
        }

        Finding.Unless(part.Index >= 0, "a part before the first");
        Wire.ReadPart(input, state);
        var changes = state.Connections.Select(static app => StateChange.Connections(app.Key, app.Value)).Concat(state.Channels.SelectMany(static channel =>
            channel.Value.Members.Values.Select(member => StateChange.MemberAdded(channel.Key.AppId, channel.Key.Channel, member))
                .Append(StateChange.Subscriptions(channel.Key.AppId, channel.Key.Channel, channel.Value.Subscriptions)))).Concat(state.Told);
        var copy = new PeerState();
        var parts = Wire.Snapshot(Self, part.Request, part.Begin, part.Flags, changes, () => part.End ?? 0).ToList();
        for (var number = 0; number < parts.Count; number++)
        {
            Finding.Unless(Wire.TryReadPartHead(parts[number], out var again) && Wire.ReadPart(parts[number], copy), "a part does not come back");
            Finding.UnlessSame((part.Request, number, part.Begin, number == parts.Count - 1, part.Flags), (again.Request, again.Index, again.Begin, again.End is not null, again.Flags), "part");
        }

        Finding.UnlessSame(Show(state), Show(copy), "snapshot");
    }

    private static void CheckEvent(byte[] input)
    {
        if (!EventMessage.TryRead(input, out var message))
            return;
        var copy = EventMessage.Write(Self, message.Accepted, message.ExceptSocketId, message.Channel, message.Number, message.Payload);
        Finding.Unless(EventMessage.TryRead(copy, out var again), "an event does not come back");
        Finding.UnlessSame((message.Accepted, message.ExceptSocketId, message.Channel, message.Number), (again.Accepted, again.ExceptSocketId, again.Channel, again.Number), "event");
        Finding.Unless(again.Payload.SequenceEqual(message.Payload), "another payload");
    }

    private static string Show(PeerState state) => string.Join('\n', state.Connections.OrderBy(static app => app.Key, StringComparer.Ordinal).Select(static app => $"{app.Key} {app.Value}")
        .Concat(state.Channels.OrderBy(static channel => channel.Key.AppId, StringComparer.Ordinal).ThenBy(static channel => channel.Key.Channel, StringComparer.Ordinal).Select(static channel =>
            $"{channel.Key} {channel.Value.Subscriptions} {Show([.. channel.Value.Members.Values.OrderBy(static member => member.Id, StringComparer.Ordinal).Select(static member => StateChange.MemberAdded("", "", member))])}"))
        .Append(Show(state.Told)));

    private static string Show(List<StateChange> changes) => string.Join('\n', changes.Select(static change =>
        $"{change.Kind} {change.AppId} {change.Channel} {change.Count} {change.Member?.Id} {change.Member?.IsNumericId} {Show(change.Report)} {(change.Member?.Info is { } info ? Convert.ToHexString(info) : null)}"));

    private static string Show(in OccupancyReport report) => $"{report.IsThere} {report.Id.Teller} {report.Id.Number} {report.After.Teller} {report.After.Number}";
}
