using Xunit;

namespace Sockudo.Server.Tests.Cluster;

/// <summary>What ends is told to webhooks (WH-5, WH-6), whoever comes, goes or is cut off in the three seconds between.</summary>
public sealed class ReporterTests : IDisposable
{
    private const int Channels = 40;

    private readonly SimulatedCluster _cluster = new(3, smoothing: TimeSpan.FromSeconds(3));
    private readonly List<string> _ofTheDead = [];
    private List<SimulatedClient> _clients;

    public ReporterTests()
    {
        _cluster.Run(1500);
        _clients = [.. Enumerable.Range(0, Channels).Select(i => A.Join($"presence-{i}", "ann"))];
        _cluster.Run(1000);
    }

    private SimulatedNode A => _cluster.Nodes[0];

    private SimulatedNode B => _cluster.Nodes[1];

    private SimulatedNode C => _cluster.Nodes[2];

    public void Dispose() => _cluster.Dispose();

    [Fact]
    public void What_ended_before_a_node_came_is_not_left_to_that_node()
    {
        Leave();
        _cluster.Run(1500);
        _cluster.Add();
        _cluster.Run(5000);
        ExpectAllTold(atMost: 1);
    }

    [Fact]
    public void What_a_killed_node_had_to_report_is_not_left_to_the_one_that_is_started_in_its_place()
    {
        Leave();
        _cluster.Run(2000);
        _ofTheDead.AddRange(B.Reported);
        _cluster.Crash(B);
        _cluster.Run(1500);
        _cluster.Add();
        _cluster.Run(10_000);
        ExpectAllTold(atMost: 1);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Members_of_a_node_that_is_gone_are_not_left_to_the_one_that_is_started_in_its_place(bool isGraceful)
    {
        _ofTheDead.AddRange(A.Reported);
        if (isGraceful)
        {
            A.Replication.Drain();
            A.Replication.Leave();
        }

        _cluster.Crash(A);
        _cluster.Run(500);
        _cluster.Add();
        _cluster.Run(15_000);
        ExpectAllTold(atMost: 1);
    }

    [Theory]
    [InlineData(false, 500)]
    [InlineData(false, 1500)]
    [InlineData(true, 500)]
    [InlineData(true, 1500)]
    [InlineData(true, 2500)]
    public void All_nodes_may_be_replaced_in_a_hurry(bool leavesBefore, int between)
    {
        if (leavesBefore)
            Leave();
        foreach (var node in _cluster.Nodes.ToList())
        {
            node.Stop();
            _ofTheDead.AddRange(node.Reported);
            _cluster.Crash(node);
            _cluster.Run(between / 2);
            _cluster.Add();
            _cluster.Run(between / 2);
        }

        _cluster.Run(15_000);
        ExpectAllTold(atMost: 2);
    }

    [Fact]
    public void Nodes_that_stop_all_at_once_leave_nothing_untold()
    {
        Leave();
        _cluster.Run(500);
        foreach (var node in _cluster.Nodes)
            node.Replication.Drain();
        _cluster.Run(200);
        foreach (var node in _cluster.Nodes)
            node.Stop();
        ExpectAllTold(atMost: 3);
    }

    [Theory]
    [InlineData(-1000)]
    [InlineData(500)]
    [InlineData(5000)]
    public void What_ends_on_a_node_that_is_cut_off_is_told_by_somebody(int milliseconds)
    {
        if (milliseconds < 0)
        {
            Leave();
            _cluster.Run(-milliseconds);
        }

        A.Bus.IsCutOff = true;
        if (milliseconds >= 0)
        {
            _cluster.Run(milliseconds);
            Leave();
        }

        _cluster.Run(8000);
        A.Bus.IsCutOff = false;
        _cluster.Run(10_000);
        ExpectAllTold(atMost: 2);
    }

    [Fact]
    public void Who_left_a_node_that_is_cut_off_and_came_to_another_one_is_there()
    {
        A.Bus.IsCutOff = true;
        _cluster.Run(4000);
        Leave();
        _cluster.Run(4000);
        _clients = [.. Enumerable.Range(0, Channels).Select(i => B.Join($"presence-{i}", "ann"))];
        _cluster.Run(500);
        var told = A.Reported.Count;
        A.Bus.IsCutOff = false;
        _cluster.Run(10_000);
        Assert.DoesNotContain(A.Reported.Skip(told), static report => report.StartsWith("MemberRemoved", StringComparison.Ordinal) || report.StartsWith("ChannelVacated", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(-2500, 0, 0, 0)]
    [InlineData(-1000, 0, 0, 0)]
    [InlineData(-1000, 100, 1000, 300)]
    [InlineData(500, 0, 0, 0)]
    [InlineData(500, 0, 700, 1400)]
    [InlineData(500, 1400, 700, 0)]
    [InlineData(5000, 300, 0, 600)]
    public void What_ends_while_the_broker_is_away_is_told_by_somebody(int milliseconds, int a, int b, int c)
    {
        if (milliseconds < 0)
        {
            Leave();
            _cluster.Run(-milliseconds);
        }

        foreach (var node in _cluster.Nodes)
            node.Bus.IsCutOff = true;
        if (milliseconds >= 0)
        {
            _cluster.Run(milliseconds);
            Leave();
        }

        _cluster.Run(7600);
        ComeBack(a, b, c);
        _cluster.Run(12_000);
        ExpectAllTold(atMost: 3);
    }

    [Theory]
    [InlineData(0, 0, 0)]
    [InlineData(0, 50, 100)]
    [InlineData(100, 0, 300)]
    [InlineData(0, 400, 800)]
    public void Who_leaves_two_nodes_while_the_broker_is_away_is_told_by_somebody(int a, int b, int c)
    {
        List<SimulatedClient> others = [.. Enumerable.Range(0, Channels).Select(i => B.Join($"presence-{i}", "ann"))];
        // So long that nobody remembers what was told of her.
        _cluster.Run(15_000);
        foreach (var node in _cluster.Nodes)
            node.Bus.IsCutOff = true;
        _cluster.Run(1000);
        Leave();
        others.ForEach(B.Leave);
        _cluster.Run(4000);
        ComeBack(a, b, c);
        // So they ask each other before they hear how they are.
        _cluster.Nodes.ForEach(static node => node.Join($"presence-of-{node.Id.Name}", "bob"));
        _cluster.Run(25_000);
        ExpectAllTold(atMost: 3);
    }

    private void Leave() => _clients.ForEach(A.Leave);

    // They do not all come back in the same moment.
    private void ComeBack(int a, int b, int c)
    {
        var waited = 0;
        foreach (var (node, later) in new[] { (A, a), (B, b), (C, c) }.OrderBy(static pair => pair.Item2))
        {
            _cluster.Run(later - waited);
            waited = later;
            node.Bus.IsCutOff = false;
        }
    }

    private void ExpectAllTold(int atMost)
    {
        var reports = _ofTheDead.Concat(_cluster.Nodes.SelectMany(static node => node.Reported)).ToList();
        for (var i = 0; i < Channels; i++)
        {
            Assert.InRange(reports.Count(report => report == $"MemberRemoved presence-{i} ann"), 1, atMost);
            Assert.InRange(reports.Count(report => report == $"ChannelVacated presence-{i}"), 1, atMost);
        }
    }
}
