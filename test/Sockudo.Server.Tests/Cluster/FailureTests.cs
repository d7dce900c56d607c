using Sockudo.Server.Cluster;
using Xunit;

namespace Sockudo.Server.Tests.Cluster;

/// <summary>Each thing that can happen to a cluster, by itself: what clients on the nodes that stay are told, and when.</summary>
public sealed class FailureTests : IDisposable
{
    private const string Channel = "presence-a";

    private readonly SimulatedCluster _cluster = new(3);

    public FailureTests()
    {
        _cluster.Run(1500);
        Watcher = A.Join(Channel, "watcher");
        _cluster.Run(500);
    }

    private SimulatedNode A => _cluster.Nodes[0];

    private SimulatedNode B => _cluster.Nodes[1];

    private SimulatedNode C => _cluster.Nodes[2];

    private SimulatedClient Watcher { get; }

    public void Dispose() => _cluster.Dispose();

    [Fact]
    public void A_member_on_another_node_comes_and_goes_once_with_however_many_connections()
    {
        var first = B.Join(Channel, "ann");
        var second = C.Join(Channel, "ann");
        ExpectMembers("ann", "watcher");
        B.Leave(first);
        ExpectMembers("ann", "watcher");
        C.Leave(second);
        ExpectMembers("watcher");
        Assert.Equal(2, Watcher.Changes);
    }

    [Fact]
    public void A_roster_holds_the_members_of_all_nodes()
    {
        B.Join(Channel, "ann");
        _cluster.Run(200);
        Assert.Equal(["ann", "bob", "watcher"], C.Join(Channel, "bob").Members());
    }

    [Fact]
    public void A_lost_delta_is_made_up_for_by_a_snapshot()
    {
        B.Bus.IsCutOff = true;
        B.Join(Channel, "ann");
        _cluster.Run(200);
        B.Bus.IsCutOff = false;
        ExpectMembers("ann", "watcher");
        Assert.True(A.Metrics.Gaps > 0);
        Assert.Equal(1, Watcher.Changes);
    }

    [Fact]
    public void Members_of_a_killed_node_go_after_the_timeout()
    {
        B.Join(Channel, "ann");
        _cluster.Run(200);
        _cluster.Crash(B);
        _cluster.Run(4000);
        Assert.Equal(["ann", "watcher"], Watcher.Members());
        _cluster.Run(2500);
        Assert.Equal(["watcher"], Watcher.Members());
        Assert.Equal(2, A.Replication.Nodes);
        Assert.Equal(1, A.Metrics.NodesLost);
        _cluster.ExpectOneTruth();
    }

    [Fact]
    public void Members_of_a_node_that_says_goodbye_stay_for_the_hold_and_have_never_left_if_they_come_back()
    {
        B.Join(Channel, "ann");
        B.Join(Channel, "bob");
        _cluster.Run(200);
        B.Replication.Drain();
        _cluster.Run(100);
        Assert.False(B.Owns(Channel));
        B.Replication.Leave();
        _cluster.Run(100);
        _cluster.Crash(B);
        _cluster.Run(1000);
        C_().Join(Channel, "ann");
        _cluster.Run(1000);
        Assert.Equal(["ann", "bob", "watcher"], Watcher.Members());
        Assert.Equal(2, Watcher.Changes);
        _cluster.Run(2500);
        Assert.Equal(["ann", "watcher"], Watcher.Members());
        Assert.Equal(3, Watcher.Changes);
        Assert.Equal(0, A.Metrics.NodesLost);

        // By now the node that was third.
        SimulatedNode C_() => _cluster.Nodes[1];
    }

    [Fact]
    public void A_pause_longer_than_the_timeout_removes_members_once_and_adds_them_once()
    {
        B.Join(Channel, "ann");
        var there = B.Join(Channel, "bob");
        _cluster.Run(200);
        B.IsPaused = true;
        _cluster.Run(8000);
        Assert.Equal(["watcher"], Watcher.Members());
        B.IsPaused = false;
        // Who was stopped does not think that everybody else is gone.
        _cluster.Run(100);
        Assert.Equal(["ann", "bob", "watcher"], there.Members());
        _cluster.Run(10_000);
        Assert.Equal(["ann", "bob", "watcher"], Watcher.Members());
        Assert.Equal(6, Watcher.Changes);
        Assert.Equal(0, B.Metrics.NodesLost);
        _cluster.ExpectOneTruth();
    }

    [Theory]
    [InlineData(0)]
    [InlineData(250)]
    [InlineData(500)]
    [InlineData(750)]
    public void A_node_that_is_cut_off_knows_it_forgets_nobody_and_is_forgotten_by_the_others(int milliseconds)
    {
        var there = B.Join(Channel, "ann");
        _cluster.Run(200);
        B.Bus.IsCutOff = true;
        _cluster.Run(1500);
        Assert.False(B.Replication.IsIsolated);
        _cluster.Run(2500);
        Assert.True(B.Replication.IsIsolated);
        Assert.False(B.Owns(Channel));
        Assert.Equal(["ann", "watcher"], Watcher.Members());
        // Whoever's sign of life comes first when it is back.
        _cluster.Run(20_000 + milliseconds);
        Assert.Equal(["watcher"], Watcher.Members());
        Assert.Equal(["ann", "watcher"], there.Members());

        B.Leave(there);
        var late = B.Join(Channel, "late");
        B.Bus.IsCutOff = false;
        ExpectMembers("late", "watcher");
        Assert.False(B.Replication.IsIsolated);
        Assert.Equal(["late", "watcher"], late.Members());
        Assert.Equal(0, B.Metrics.NodesLost);
        _cluster.ExpectOneTruth();
    }

    [Fact]
    public void A_broker_that_goes_away_for_everybody_removes_nobody()
    {
        B.Join(Channel, "ann");
        var bob = C.Join(Channel, "bob");
        _cluster.Run(200);
        Assert.Equal(3, Watcher.Members().Count);
        var before = Watcher.Changes;
        _cluster.Broker.IsDown = true;
        _cluster.Run(30_000);
        Assert.All(_cluster.Nodes, static node => Assert.True(node.Replication.IsIsolated));
        Assert.Equal(["ann", "bob", "watcher"], Watcher.Members());
        C.Leave(bob);
        _cluster.Broker.IsDown = false;
        ExpectMembers("ann", "watcher");
        Assert.Equal(before + 1, Watcher.Changes);
        Assert.All(_cluster.Nodes, static node => Assert.Equal(0, node.Metrics.NodesLost));
        _cluster.ExpectOneTruth();
    }

    [Fact]
    public void A_short_outage_of_the_broker_isolates_nobody()
    {
        B.Join(Channel, "ann");
        _cluster.Run(200);
        _cluster.Broker.IsDown = true;
        C.Join(Channel, "bob");
        _cluster.Run(1500);
        _cluster.Broker.IsDown = false;
        Assert.All(_cluster.Nodes, static node => Assert.False(node.Replication.IsIsolated));
        ExpectMembers("ann", "bob", "watcher");
        Assert.Equal(2, Watcher.Changes);
    }

    [Fact]
    public void Two_joins_of_one_user_on_two_nodes_at_once_are_one_member_everywhere()
    {
        var onB = B.Join(Channel, "ann");
        var onC = C.Join(Channel, "ann");
        _cluster.Run(1000);
        Assert.Equal(1, Watcher.Members().Count(static id => id == "ann"));
        Assert.Equal(["ann", "watcher"], onB.Members());
        Assert.Equal(["ann", "watcher"], onC.Members());
        B.Leave(onB);
        C.Leave(onC);
        ExpectMembers("watcher");
        Assert.Equal(2, Watcher.Changes);
    }

    [Fact]
    public void A_user_who_changes_nodes_in_one_moment_has_never_left()
    {
        var old = B.Join(Channel, "ann");
        _cluster.Run(500);
        C.Join(Channel, "ann");
        _cluster.Run(100);
        B.Leave(old);
        ExpectMembers("ann", "watcher");
        Assert.Equal(1, Watcher.Changes);
    }

    [Fact]
    public void A_new_node_learns_everything_and_a_large_state_comes_in_parts()
    {
        for (var i = 0; i < 20_000; i++)
            B.Join($"public-a-channel-with-a-rather-long-name-{i}");
        for (var i = 0; i < 99; i++)
            B.Join(Channel, $"user-{i}");
        var newcomer = _cluster.Add();
        _cluster.Run(3000);
        Assert.True(newcomer.Replication.IsSynchronised);
        Assert.Equal(100, newcomer.Users(Channel).Count);
        Assert.Equal(20_000, newcomer.Hub.Channels(newcomer.App, "public-a-channel").Count);
        _cluster.ExpectHonestNodes();
    }

    [Fact]
    public void Every_change_is_reported_once_whichever_node_owns_the_channel()
    {
        const int channels = 40;
        var clients = Enumerable.Range(0, channels).Select(i => B.Join($"presence-{i}", "ann")).ToList();
        _cluster.Run(500);
        clients.ForEach(B.Leave);
        _cluster.Run(500);
        ExpectReports(Of("MemberAdded", channels), Of("MemberRemoved", channels), Of("ChannelOccupied", channels), Of("ChannelVacated", channels));
        Assert.All(_cluster.Nodes, static node => Assert.NotEmpty(node.Reported));
    }

    [Fact]
    public void A_node_that_starts_reports_nothing_of_what_was_there()
    {
        const int channels = 40;
        for (var i = 0; i < channels; i++)
            B.Join($"presence-{i}", "ann");
        _cluster.Run(500);
        var newcomer = _cluster.Add();
        _cluster.Run(2000);
        Assert.False(newcomer.Replication.IsCatchingUp);
        Assert.Empty(newcomer.Reported);
        ExpectReports(Of("MemberAdded", channels), Of("ChannelOccupied", channels));
        // From then on it has its share.
        for (var i = 0; i < channels; i++)
            C.Join($"presence-{i}", "bob");
        _cluster.Run(500);
        Assert.NotEmpty(newcomer.Reported);
    }

    [Theory]
    [InlineData(8000, false)]
    [InlineData(8000, true)]
    [InlineData(3500, false)]
    public void A_node_that_was_away_reports_nothing_of_what_it_missed(int milliseconds, bool isPause)
    {
        const int channels = 40;
        for (var i = 0; i < channels; i++)
            A.Join($"presence-{i}", "ann");
        // What a node has said in its last moment may be lost with it, and is said again.
        _cluster.Run(1500);
        B.IsPaused = isPause;
        B.Bus.IsCutOff = !isPause;
        _cluster.Run(milliseconds);
        // By now the others may have found out, or not; what they report does not become more by its return.
        var own = B.Reported.Count;
        for (var i = 0; i < channels; i++)
            A.Join($"presence-{i}", "bob");
        _cluster.Run(500);
        B.IsPaused = B.Bus.IsCutOff = false;
        _cluster.Run(5000);
        Assert.Equal(own, B.Reported.Count);
        Assert.False(B.Replication.IsCatchingUp);
        var all = _cluster.Nodes.SelectMany(static node => node.Reported).ToList();
        Assert.Equal(all.Distinct(), all);
    }

    [Theory]
    [InlineData("killed")]
    [InlineData("cut off for longer than others wait")]
    [InlineData("cut off for shorter than others wait")]
    [InlineData("stopped")]
    public void What_a_node_that_is_away_had_to_report_is_reported_by_others(string how)
    {
        const int channels = 40;
        _cluster.Run(1500);
        if (how == "killed")
            _cluster.Crash(B);
        B.IsPaused = how == "stopped";
        B.Bus.IsCutOff = how.StartsWith("cut off", StringComparison.Ordinal);
        _cluster.Run(300);
        for (var i = 0; i < channels; i++)
            A.Join($"presence-{i}", "ann");
        _cluster.Run(how.Contains("shorter", StringComparison.Ordinal) ? 3500 : 8000);
        B.IsPaused = B.Bus.IsCutOff = false;
        _cluster.Run(5000);
        ExpectReports(Of("MemberAdded", channels), Of("ChannelOccupied", channels));
    }

    [Theory]
    [InlineData(4000)]
    [InlineData(30_000)]
    public void What_happens_while_the_whole_broker_is_away_is_reported_once_when_it_is_back(int milliseconds)
    {
        const int channels = 40;
        _cluster.Run(1500);
        foreach (var node in _cluster.Nodes)
            node.Bus.IsCutOff = true;
        _cluster.Run(milliseconds - 500);
        for (var i = 0; i < channels; i++)
            _cluster.Nodes[i % 3].Join($"presence-{i}", "ann");
        _cluster.Run(500);
        foreach (var node in _cluster.Nodes)
            node.Bus.IsCutOff = false;
        _cluster.Run(15_000);
        ExpectReports(Of("MemberAdded", channels), Of("ChannelOccupied", channels));
    }

    [Fact]
    public void A_node_whose_state_is_asked_for_again_still_owns_its_channels()
    {
        B.Bus.IsCutOff = true;
        B.Join(Channel, "ann");
        _cluster.Run(100);
        B.Bus.IsCutOff = false;
        C.Replication.Drain();
        for (var i = 0; i < 200; i++)
            Assert.InRange(_cluster.Nodes.Count(node => node.Owns($"presence-{i}")), 0, 1);
        _cluster.Run(100);
        for (var i = 0; i < 200; i++)
            Assert.Single(_cluster.Nodes, node => node.Owns($"presence-{i}"));
    }

    [Fact]
    public void Connections_of_other_nodes_count_against_the_quota()
    {
        for (var i = 0; i < 3; i++)
            Assert.True(B.App.TryAddConnection());
        _cluster.Run(1500);
        Assert.Equal(3, PeerConnections(A));
        B.App.RemoveConnection();
        _cluster.Run(1500);
        Assert.Equal(2, PeerConnections(A));
        _cluster.Crash(B);
        _cluster.Run(7000);
        Assert.Equal(0, PeerConnections(A));

        static int PeerConnections(SimulatedNode node) => node.App.PeerConnections;
    }

    [Fact]
    public void What_a_node_says_after_its_goodbye_does_not_bring_it_back()
    {
        var ghost = B;
        ghost.Join(Channel, "ann");
        _cluster.Run(200);
        ghost.Replication.Leave();
        _cluster.Run(4000);
        Assert.Equal(["watcher"], Watcher.Members());
        ghost.Join(Channel, "bob");
        _cluster.Run(3000);
        Assert.Equal(["watcher"], Watcher.Members());
        Assert.Equal(2, A.Replication.Nodes);
    }

    [Fact]
    public void Messages_that_mean_nothing_are_ignored()
    {
        var random = new Random(5);
        B.Join(Channel, "ann");
        ExpectMembers("ann", "watcher");
        for (var i = 0; i < 20_000; i++)
        {
            var message = new byte[random.Next(60)];
            random.NextBytes(message);
            if (message.Length >= MessageHeader.Length)
                MessageHeader.Write(message, (MessageKind)random.Next(1, 5), random.Next(2) == 0 ? B.Id.Epoch : (ulong)random.NextInt64());
            if (MessageHeader.TryRead(message, out var header, out _))
                A.Replication.Receive(header, message);
        }

        _cluster.Run(20_000);
        Assert.Contains("watcher", Watcher.Members());
        _cluster.ExpectHonestNodes();
    }

    [Fact]
    public void Numbers_that_no_node_can_have_do_no_harm_and_go_with_who_said_them()
    {
        var liars = Enumerable.Range(0, 3).Select(static i => NodeId.Create($"liar-{i}")).ToList();
        foreach (var liar in liars)
        {
            Hear(Wire.Heartbeat(liar, 0, HeartbeatFlags.None, ulong.MaxValue));
            foreach (var part in Wire.Snapshot(liar, request: 1, 0, HeartbeatFlags.None, [], static () => 0))
                HearWhateverTheRequest(part);
            foreach (var delta in Wire.Deltas(liar, 0, [StateChange.Connections("app", int.MaxValue), StateChange.Subscriptions("app", Channel, int.MaxValue)]))
                Hear(delta);
        }

        Assert.Equal(int.MaxValue, A.App.PeerConnections);
        Assert.False(A.App.TryAddConnection());
        _cluster.Run(20_000);
        Assert.Equal(0, A.App.PeerConnections);
        Assert.True(A.App.TryAddConnection());
        A.App.RemoveConnection();
        ExpectMembers("watcher");

        void Hear(byte[] message)
        {
            Assert.True(MessageHeader.TryRead(message, out var header, out _));
            A.Replication.Receive(header, message);
        }

        // Which number the node has given to its question nobody else knows; they are counted.
        void HearWhateverTheRequest(byte[] part)
        {
            for (byte request = 1; request < 20; request++)
            {
                part[MessageHeader.Length] = request;
                Hear(part);
            }
        }
    }

    private static (string Type, int Count) Of(string type, int count) => (type, count);

    // The one of the watcher apart.
    private void ExpectReports(params (string Type, int Count)[] expected)
    {
        var all = _cluster.Nodes.SelectMany(static node => node.Reported).Where(static report => !report.Contains(Channel + ' ', StringComparison.Ordinal)
            && !report.EndsWith(Channel, StringComparison.Ordinal)).ToList();
        Assert.Equal(
            expected.OrderBy(static entry => entry.Type, StringComparer.Ordinal),
            all.GroupBy(static report => report.Split(' ')[0]).Select(static group => (group.Key, group.Count())).OrderBy(static entry => entry.Key, StringComparer.Ordinal));
        Assert.Equal(all.Distinct(), all);
    }

    private void ExpectMembers(params string[] members)
    {
        _cluster.Run(3000);
        Assert.Equal(members, Watcher.Members());
    }
}
