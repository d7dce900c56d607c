using Sockudo.Protocol.Messages;
using Sockudo.Server.Cluster;
using Sockudo.Server.Webhooks;
using Xunit;

namespace Sockudo.Server.Tests.Cluster;

/// <summary>Messages between nodes: there and back, and cut short anywhere.</summary>
public class WireTests
{
    private static readonly NodeId Self = NodeId.Create("näme");

    [Fact]
    public void A_state_survives_deltas_and_snapshots_of_any_size()
    {
        var changes = Changes(20_000).ToList();
        var expected = new PeerState();
        changes.ForEach(change => expected.Apply(change));

        var byDeltas = new PeerState();
        var sequence = 7UL;
        foreach (var delta in Wire.Deltas(Self, sequence, changes))
        {
            Assert.Equal(++sequence, Wire.SequenceOf(delta));
            Assert.InRange(delta.Length, 1, 200_000);
            Wire.ReadDelta(delta, byDeltas);
        }

        Assert.True(sequence > 8);
        ExpectEqual(expected, byDeltas);

        var bySnapshot = new PeerState();
        var parts = Wire.Snapshot(Self, request: 5, begin: 3, HeartbeatFlags.CatchingUp, changes, static () => 9).ToList();
        for (var i = 0; i < parts.Count; i++)
        {
            Assert.True(Wire.TryReadPartHead(parts[i], out var part));
            Assert.Equal(new SnapshotPart(5, i, 3, i == parts.Count - 1 ? 9 : null, HeartbeatFlags.CatchingUp), part);
            Assert.True(Wire.ReadPart(parts[i], bySnapshot));
        }

        Assert.True(parts.Count > 2);
        ExpectEqual(expected, bySnapshot);
    }

    [Fact]
    public void What_is_cut_short_anywhere_is_damaged_or_less_and_never_throws()
    {
        byte[][] messages =
        [
            Wire.Heartbeat(Self, 300, HeartbeatFlags.Hello, 70_000), Wire.SnapshotRequest(Self, 9), .. Wire.Deltas(Self, 0, Changes(3).ToList()),
            .. Wire.Snapshot(Self, 1, 2, HeartbeatFlags.None, Changes(3), static () => 3), EventMessage.Write(Self, 1, "1.2", ("app", "cache-a"), number: 7, "{}"u8),
        ];
        foreach (var message in messages)
        {
            for (var length = 0; length < message.Length; length++)
            {
                var cut = message.AsSpan(0, length);
                if (!MessageHeader.TryRead(cut, out var header, out _))
                {
                    Assert.True(length < MessageHeader.Length);
                    continue;
                }

                Wire.ReadDelta(cut, new PeerState());
                Wire.ReadPart(cut, new PeerState());
                Assert.False(header.Kind == MessageKind.Heartbeat && Wire.TryReadHeartbeat(cut, out _, out _, out _, out _));
                Assert.False(header.Kind == MessageKind.SnapshotRequest && Wire.TryReadSnapshotRequest(cut, out _, out _));
                _ = EventMessage.TryRead(cut, out _);
            }
        }
    }

    [Fact]
    public void Another_version_or_another_program_is_told_apart()
    {
        var message = Wire.Heartbeat(Self, 1, HeartbeatFlags.None, 0);
        Assert.True(MessageHeader.TryRead(message, out var header, out _));
        Assert.Equal((MessageKind.Heartbeat, Self.Epoch), (header.Kind, header.Sender));
        message[2] = 9;
        Assert.False(MessageHeader.TryRead(message, out _, out var version));
        Assert.Equal(9, version);
        message[0] = (byte)'{';
        Assert.False(MessageHeader.TryRead(message, out _, out version));
        Assert.Equal(0, version);
    }

    [Fact]
    public void Every_channel_has_one_owner_the_load_is_even_and_only_channels_of_who_left_change_hands()
    {
        (ulong Epoch, long Since)[] nodes = [(11, 0), (22, 0), (33, 0), (44, 0)];
        var counts = new int[nodes.Length];
        for (var i = 0; i < 10_000; i++)
        {
            var channel = $"presence-{i}";
            var owner = Array.FindIndex(nodes, node => new Ownership(nodes).OwnerOf("app", channel) == node.Epoch);
            counts[owner]++;
            Assert.Single(nodes, node => new Ownership(nodes).OwnerOf("app", channel) == node.Epoch);
            if (owner != 3)
                Assert.True(new Ownership(nodes[..3]).OwnerOf("app", channel) == nodes[owner].Epoch);
        }

        Assert.All(counts, static count => Assert.InRange(count, 2200, 2800));
    }

    [Fact]
    public void Nobody_owns_what_happened_before_he_came_as_long_as_there_is_somebody_else()
    {
        var ownership = new Ownership([(11, 50), (22, 0), (33, 200)]);
        for (var i = 0; i < 100; i++)
        {
            var channel = $"presence-{i}";
            Assert.Equal(22UL, ownership.OwnerOf("app", channel, happened: 49));
            Assert.Equal(new Ownership([(11, 0), (22, 0)]).OwnerOf("app", channel), ownership.OwnerOf("app", channel, happened: 50));
            Assert.Equal(ownership.OwnerOf("app", channel), ownership.OwnerOf("app", channel, happened: 200));
            Assert.Equal(ownership.OwnerOf("app", channel), ownership.OwnerOf("app", channel, happened: -1));
        }
    }

    private static IEnumerable<StateChange> Changes(int count)
    {
        for (var i = 0; i < count; i++)
        {
            yield return StateChange.Subscriptions("app", $"channel-{i}", i + 1);
            yield return StateChange.MemberAdded("app", $"presence-{i % 100}", new PresenceMember($"üser-{i}", i % 2 == 0, i % 3 == 0 ? null : "{}"u8.ToArray()));
            yield return StateChange.MemberRemoved("app", $"presence-{i % 100}", $"üser-{i - 50}");
            yield return StateChange.Connections($"app-{i % 7}", i);
            yield return StateChange.Told("app", $"presence-{i % 100}", i % 4 < 2 ? null : $"üser-{i}", new OccupancyReport(i % 3 == 0 ? null : i % 3 == 1, new ReportId((ulong)i * 0x9E3779B97F4A7C15, (ulong)i), i % 2 == 0 ? default : new ReportId(7, (ulong)i)));
        }
    }

    private static void ExpectEqual(PeerState expected, PeerState actual)
    {
        Assert.Equal(expected.Connections, actual.Connections);
        Assert.Equal(
            expected.Told.Select(static told => (told.AppId, told.Channel, told.Member?.Id, told.Report)), actual.Told.Select(static told => (told.AppId, told.Channel, told.Member?.Id, told.Report)));
        Assert.Equal(expected.Channels.Keys.Order(), actual.Channels.Keys.Order());
        foreach (var (key, channel) in expected.Channels)
        {
            Assert.Equal(channel.Subscriptions, actual.Channels[key].Subscriptions);
            Assert.Equal(
                channel.Members.Values.Select(static member => (member.Id, member.IsNumericId, member.Info?.Length)).Order(),
                actual.Channels[key].Members.Values.Select(static member => (member.Id, member.IsNumericId, member.Info?.Length)).Order());
        }
    }
}
