using System.Globalization;
using Sockudo.Specification.Backends;

namespace Sockudo.Chaos.Nodes;

/// <summary>Three nodes on one broker: the second has a clock that can be moved, the third serves TLS.</summary>
internal sealed class ChaosCluster : IAsyncDisposable
{
    private const int Size = 3;

    private readonly string _directory = Directory.CreateTempSubdirectory("sockudo-chaos-").FullName;
    private readonly List<ChaosNode> _nodes = [];

    private ChaosCluster(IBroker broker) => Broker = broker;

    public IBroker Broker { get; }

    public IReadOnlyList<ChaosNode> Nodes => _nodes;

    /// <summary>Starts the broker and the nodes.</summary>
    /// <param name="broker"><c>redis</c> or <c>nats</c>.</param>
    /// <param name="webhookUrl">Where the app of the clients listens.</param>
    public static async Task<ChaosCluster> StartAsync(string broker, string webhookUrl)
    {
        var cluster = new ChaosCluster(broker == "nats" ? new NatsBroker(await NatsServers.StartAsync()) : new RedisBroker(await RedisServer.StartAsync()));
        try
        {
            for (var number = 1; number <= Size; number++)
            {
                var name = string.Create(CultureInfo.InvariantCulture, $"node-{number}");
                var directory = Directory.CreateDirectory(Path.Combine(cluster._directory, name)).FullName;
                cluster._nodes.Add(await ChaosNode.StartAsync(name, directory, cluster.Broker, webhookUrl, hasTls: number == 3, hasClock: number == 2));
            }

            return cluster;
        }
        catch
        {
            await cluster.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var node in _nodes)
            await node.DisposeAsync();
        await Broker.DisposeAsync();
        Directory.Delete(_directory, recursive: true);
    }
}
