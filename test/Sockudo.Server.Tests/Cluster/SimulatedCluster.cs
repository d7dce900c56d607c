using Sockudo.Specification.Backends;
using Xunit;

namespace Sockudo.Server.Tests.Cluster;

/// <summary>Nodes, their clients, and a broker between them, in a time of their own. Everything that happens is decided by the seed.</summary>
internal sealed class SimulatedCluster : IDisposable
{
    public const int StepMs = 50;

    private static readonly string[] Channels = ["presence-a", "presence-b", "public-a", "public-b"];
    private static readonly string[] Users = ["ann", "bob", "cat", "dan", "eve"];

    private readonly Random _random;
    private readonly TimeSpan _smoothing;
    private int _names;
    private long _now;

    /// <param name="nodes">How many there are at first.</param>
    /// <param name="faults">What the broker does wrong.</param>
    /// <param name="smoothing"><c>webhooks.smoothing_ms</c>.</param>
    public SimulatedCluster(int nodes, InMemoryFaults? faults = null, TimeSpan smoothing = default)
    {
        _smoothing = smoothing;
        _random = new Random(faults?.Seed ?? 0);
        Broker = new InMemoryBroker(faults, isManual: true);
        for (var i = 0; i < nodes; i++)
        {
            Add();
            // Not all in step.
            Run(_random.Next(20) * StepMs);
        }
    }

    public InMemoryBroker Broker { get; }

    public List<SimulatedNode> Nodes { get; } = [];

    public SimulatedNode Add()
    {
        var node = new SimulatedNode(Broker, $"node-{++_names}", (ulong)_random.NextInt64(), 0.95 + (_random.NextDouble() / 10), _smoothing);
        Nodes.Add(node);
        return node;
    }

    /// <summary>kill -9.</summary>
    public void Crash(SimulatedNode node)
    {
        Nodes.Remove(node);
        node.Bus.Disconnect();
    }

    /// <summary>Lets time go by.</summary>
    public void Run(int milliseconds)
    {
        for (var end = _now + milliseconds; _now < end;)
        {
            _now += StepMs;
            Broker.DeliverDue(_now);
            foreach (var node in Nodes.ToList())
                node.Advance(StepMs);
        }
    }

    /// <summary>One thing that can happen, at random.</summary>
    public void Happen()
    {
        var node = Nodes[_random.Next(Nodes.Count)];
        switch (_random.Next(100))
        {
            case < 45 when !node.IsPaused:
                var channel = Channels[_random.Next(Channels.Length)];
                node.Join(channel, channel.StartsWith("presence-", StringComparison.Ordinal) ? Users[_random.Next(Users.Length)] : null);
                break;
            case < 85 when !node.IsPaused && node.Clients.Count > 0:
                node.Leave(node.Clients[_random.Next(node.Clients.Count)]);
                break;
            case 85 when Nodes.Count > 1:
                Crash(node);
                break;
            case 86 when Nodes.Count > 1:
                node.Replication.Drain();
                node.Replication.Leave();
                Crash(node);
                break;
            case 87 when Nodes.Count < 5 && !Broker.IsDown:
                Add();
                break;
            case < 90:
                node.IsPaused = !node.IsPaused;
                break;
            case < 94:
                node.Bus.IsCutOff = !node.Bus.IsCutOff;
                break;
            case 94:
                Broker.IsDown = !Broker.IsDown;
                break;
            default:
                Run(_random.Next(20) * StepMs);
                break;
        }
    }

    /// <summary>Everything works again, and there is time enough for all to have heard of all.</summary>
    public void Settle()
    {
        Broker.IsDown = false;
        Broker.IsPerfect = true;
        foreach (var node in Nodes)
            node.IsPaused = node.Bus.IsCutOff = false;
        Run(20_000);
    }

    /// <summary>"Roster + events received = the members that the client's node reports."</summary>
    public void ExpectHonestNodes()
    {
        foreach (var node in Nodes)
        {
            foreach (var client in node.Clients.Where(static client => client.UserId is not null))
                Assert.Equal(node.Users(client.Channel), client.Members());
        }
    }

    /// <summary>"Every view equals the union of the local states", and every channel has one owner.</summary>
    public void ExpectOneTruth()
    {
        ExpectHonestNodes();
        foreach (var channel in Channels)
        {
            var clients = Nodes.SelectMany(static node => node.Clients).Where(client => client.Channel == channel).ToList();
            var users = clients.Where(static client => client.UserId is not null).Select(static client => client.UserId!).Distinct().Order(StringComparer.Ordinal);
            foreach (var node in Nodes)
            {
                Assert.Equal(users, node.Users(channel));
                Assert.Equal(clients.Count, node.Subscriptions(channel));
            }

            Assert.Single(Nodes, node => node.Owns(channel));
        }

        Assert.All(Nodes, node => Assert.Equal(Nodes.Count, node.Replication.Nodes));
    }

    public void Dispose() => Broker.Dispose();
}
