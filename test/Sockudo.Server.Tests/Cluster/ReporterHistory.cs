using System.Globalization;
using Sockudo.Specification.Backends;

namespace Sockudo.Server.Tests.Cluster;

/// <summary>One history of a cluster, by a seed, and what webhooks were told of it.</summary>
internal sealed class ReporterHistory : IDisposable
{
    private const int Duration = 60_000;

    // Whoever has been there or gone for so long is known to the others, if nothing was wrong meanwhile.
    private const int KnownAfter = 3000;

    // Until a node that is gone is known to be gone, wherever one was cut off meanwhile, and what it had is told.
    private const int Unnoticed = 20_000;

    // A second kill before all is well after the first is not promised to be borne.
    private const int BetweenKills = 25_000;

    private readonly Random _random;
    private readonly SimulatedCluster _cluster;
    private readonly List<Visit> _visits = [];
    private readonly List<(int Until, Action End)> _faults = [];
    private readonly HashSet<SimulatedNode> _faulty = [];
    private readonly Dictionary<SimulatedNode, int> _wellSince = [];
    private readonly Dictionary<string, int> _toldAt = new(StringComparer.Ordinal);
    private readonly Dictionary<string, bool> _last = new(StringComparer.Ordinal);
    private readonly List<string> _log = [];
    private int _now;
    private int _lastKill = -BetweenKills;
    private bool _isBrokerWrong;

    public ReporterHistory(int seed)
    {
        _random = new Random(seed);
        _cluster = new SimulatedCluster(3, new InMemoryFaults(seed, MaxDelayMs: seed % 3 * 60), TimeSpan.FromSeconds(3));
        _cluster.Nodes.ForEach(Follow);
        _cluster.Run(2000);
    }

    /// <summary>Lets it happen; returns what the application has not been told.</summary>
    public List<string> Play()
    {
        while (_now < Duration)
        {
            Faults();
            for (var i = _random.Next(3); i > 0; i--)
                ComeOrGo();
            Run(50);
        }

        foreach (var (_, end) in _faults.ToList())
            end();
        Log("all is well");
        Run(40_000);
        return [.. _visits.GroupBy(static visit => (visit.Channel, visit.User)).Select(Check).OfType<string>(), .. WrongInTheEnd()];
    }

    // The last that the application was told is what is.
    private IEnumerable<string> WrongInTheEnd()
    {
        HashSet<string> there = [.. _visits.Where(static visit => visit.Left is null).SelectMany(static visit => new[] { visit.Channel, $"{visit.Channel} {visit.User}" })];
        // What only a node knew that is dead now nobody can tell.
        HashSet<string> unknown = [.. _visits.Where(static visit => visit is { IsLost: true, IsKnown: false }).SelectMany(static visit => new[] { visit.Channel, $"{visit.Channel} {visit.User}" })];
        return _last.Where(told => told.Value != there.Contains(told.Key) && !unknown.Contains(told.Key)).Select(static told => $"{told.Key} was last told as {(told.Value ? "there" : "gone")}, and is not");
    }

    public void Dispose() => _cluster.Dispose();

    public override string ToString() => string.Join('\n', _log);

    private void Faults()
    {
        foreach (var fault in _faults.Where(fault => fault.Until <= _now).ToList())
        {
            _faults.Remove(fault);
            fault.End();
        }

        if (_faults.Count >= 3 || _random.Next(60) != 0)
            return;
        var node = _cluster.Nodes[_random.Next(_cluster.Nodes.Count)];
        var isAlone = _cluster.Nodes.Count - _faulty.Count <= 1 || _faulty.Contains(node);
        switch (_random.Next(7))
        {
            case 0 when !isAlone && _now - _lastKill > BetweenKills:
                Log($"{node.Id.Name} killed");
                End(node);
                break;
            case 6 when !isAlone && _now - _lastKill > BetweenKills && !_isBrokerWrong:
                Log($"{node.Id.Name} ends");
                node.Stop();
                End(node);
                break;
            case 1 when !isAlone:
                Begin(node, "stopped", 10_000, () => node.IsPaused = true, () => node.IsPaused = false);
                break;
            case 2 when !isAlone:
                Begin(node, "cut off", 10_000, () => node.Bus.IsCutOff = true, () => node.Bus.IsCutOff = false);
                break;
            case 3 when !isAlone:
                Begin(node, "silent", 8000, () => node.Bus.IsSilent = true, () => node.Bus.IsSilent = false);
                break;
            case 4 when !_isBrokerWrong:
                Begin(null, "broker down", 8000, () => _cluster.Broker.IsDown = true, () => _cluster.Broker.IsDown = false);
                break;
            case 5 when !_isBrokerWrong && !_cluster.Nodes.Exists(static one => one.Bus.IsSilent):
                var all = _cluster.Nodes.ToList();
                Begin(null, "broker stopped", 8000, () => all.ForEach(static one => one.Bus.IsSilent = true), () => all.ForEach(static one => one.Bus.IsSilent = false));
                break;
        }
    }

    private void Begin(SimulatedNode? node, string what, int most, Action begin, Action end)
    {
        Log($"{node?.Id.Name} {what}");
        begin();
        _isBrokerWrong |= node is null;
        if (node is not null)
            _faulty.Add(node);
        _faults.Add((_now + 500 + _random.Next(most), () =>
        {
            Log($"{node?.Id.Name} no longer {what}");
            end();
            _isBrokerWrong &= node is not null;
            if (node is not null)
                _faulty.Remove(node);
        }
        ));
    }

    private void End(SimulatedNode node)
    {
        _lastKill = _now;
        _cluster.Crash(node);
        _visits.ForEach(visit => visit.Lose(node, _now));
        _faults.Add((_now + 500 + _random.Next(9000), Replace));

        void Replace()
        {
            if (_isBrokerWrong)
            {
                // It would wait for the broker.
                _faults.Add((_now + 500, Replace));
                return;
            }

            var successor = _cluster.Add();
            Follow(successor);
            Log($"{successor.Id.Name} started");
        }
    }

    private void ComeOrGo()
    {
        var node = _cluster.Nodes[_random.Next(_cluster.Nodes.Count)];
        if (node.IsPaused)
            return;
        var mine = _visits.Where(visit => visit.Left is null && visit.Nodes.Contains(node) && !visit.Nodes.Any(static one => one.IsPaused)).ToList();
        if (_random.Next(100) < 45 && mine.Count > 0)
        {
            var visit = mine[_random.Next(mine.Count)];
            visit.Leave(_now);
            Log($"left {Names(visit)}: {visit.Channel} {visit.User}");
        }
        else
        {
            // Few enough that some come back.
            var (channel, user) = ($"presence-{_random.Next(12)}", $"user-{_random.Next(40)}");
            if (_visits.Exists(visit => visit.Channel == channel && visit.User == user && visit.Left is null))
                return;
            // Some have another connection, to another node.
            var nodes = _cluster.Nodes.Where(other => other == node || (!other.IsPaused && _random.Next(6) == 0)).ToList();
            var visit = new Visit(nodes, channel, user, _now);
            Log($"came to {Names(visit)}: {channel} {user}");
            _visits.Add(visit);
        }
    }

    private void Run(int milliseconds)
    {
        for (var end = _now + milliseconds; _now < end;)
        {
            _now += SimulatedCluster.StepMs;
            _cluster.Run(SimulatedCluster.StepMs);
            foreach (var node in _cluster.Nodes)
            {
                if (_isBrokerWrong || _faulty.Contains(node))
                    _wellSince[node] = _now;
            }

            var well = _cluster.Nodes.Where(node => _now - _wellSince[node] > KnownAfter).ToHashSet();
            foreach (var visit in _visits.Where(visit => !visit.IsKnown && !visit.IsLost && well.Count > 1 && visit.Nodes.Any(well.Contains)))
                visit.Know(_now);
        }
    }

    private void Follow(SimulatedNode node)
    {
        _wellSince[node] = _now;
        node.Reporting = report =>
        {
            Log($"{node.Id.Name} reports {report}");
            _toldAt[report] = _now;
            var words = report.Split(' ', 2);
            _last[words[1]] = words[0] is "MemberAdded" or "ChannelOccupied";
        };
    }

    private string? Check(IGrouping<(string Channel, string User), Visit> visits)
    {
        var name = $"{visits.Key.Channel} {visits.Key.User}";
        var visit = visits.Last();
        var added = _toldAt.GetValueOrDefault($"MemberAdded {name}", -1);
        var removed = _toldAt.GetValueOrDefault($"MemberRemoved {name}", -1);
        // Who comes back before all nodes know that he left has never left.
        var (began, ended) = (visit.Came, visit.Came);
        foreach (var earlier in visits.Reverse())
        {
            if (ended - (earlier.Left ?? ended) > Unnoticed)
                break;
            (began, ended) = (earlier.Came, earlier.Came);
        }

        if (visit.Left is null && added < began)
            return $"{name} is there since {began}, told: {added}";
        // What only a node knew that is dead now nobody can tell.
        if (visit.Left is { } left && added >= began && removed < began && visits.All(static one => one.IsKnown || !one.IsLost))
            return $"{name} was there from {began} to {left}, told: {removed}";
        var lasting = visits.FirstOrDefault(one => one.IsSeen && !one.IsLost && one.Left - one.Came > 4000);
        return lasting is not null && added < 0 ? $"{name} was there from {lasting.Came} to {lasting.Left} on {Names(lasting)}, never told" : null;
    }

    private static string Names(Visit visit) => string.Join('+', visit.Nodes.Select(static node => node.Id.Name));

    private void Log(string what) => _log.Add($"{_now.ToString(CultureInfo.InvariantCulture),6} {what}");

    private sealed class Visit(IEnumerable<SimulatedNode> nodes, string channel, string user, int came)
    {
        private readonly Dictionary<SimulatedNode, SimulatedClient> _clients = nodes.ToDictionary(static node => node, node => node.Join(channel, user));

        /// <summary>Where its connections are, or were last.</summary>
        public IReadOnlyCollection<SimulatedNode> Nodes => _clients.Keys;

        public string Channel => channel;

        public string User => user;

        public int Came => came;

        public int? Left { get; private set; }

        /// <summary>All its nodes were killed, or one that may have known more of it than the others.</summary>
        public bool IsLost { get; private set; }

        /// <summary>Other nodes have had the time to hear of it.</summary>
        public bool IsKnown { get; private set; }

        /// <summary>And while it lasted.</summary>
        public bool IsSeen { get; private set; }

        public void Know(int now)
        {
            if (now - came <= KnownAfter)
                return;
            IsKnown = true;
            IsSeen = Left is null;
        }

        public void Leave(int now)
        {
            Left = now;
            foreach (var (node, client) in _clients)
                node.Leave(client);
        }

        /// <summary>A node was killed.</summary>
        public void Lose(SimulatedNode node, int now)
        {
            if (!_clients.ContainsKey(node))
                return;
            // What it has told of it, and nobody heard, nobody knows.
            IsLost |= _clients.Count == 1 || !IsKnown;
            if (_clients.Count == 1)
                Left ??= now;
            else
                _clients.Remove(node);
        }
    }
}
