using Sockudo.Chaos.Checks;
using Sockudo.Chaos.Nodes;

namespace Sockudo.Chaos.Clients;

/// <summary>All clients. While it is restless, some leave and some come back.</summary>
internal sealed class Crowd : IAsyncDisposable
{
    private static readonly TimeSpan Unrest = TimeSpan.FromMilliseconds(100);

    // At most one client in four is away.
    private const int AwayShare = 4;

    // What leaves or comes within a tenth of a second, of all.
    private const int ChurnShare = 500;

    private readonly Random _random;
    private readonly CancellationTokenSource _stop = new();
    private readonly List<Task> _living = [];

    /// <param name="count">How many.</param>
    /// <param name="nodes">Where they connect to.</param>
    /// <param name="findings">Takes what cannot be right.</param>
    /// <param name="seed">Of their choices.</param>
    public Crowd(int count, IReadOnlyList<ChaosNode> nodes, Findings findings, int seed)
    {
        _random = new Random(seed);
        Clients = [.. ClientPlan.For(count).Select(plan => new ChaosClient(plan, nodes, findings, _random.Next()))];
    }

    public IReadOnlyList<ChaosClient> Clients { get; }

    /// <summary>Those who want to be here.</summary>
    public IEnumerable<ChaosClient> Wanted => Clients.Where(static client => client.IsWanted);

    /// <summary>All begin to connect, no faster than a server that has just started should have to bear.</summary>
    public async Task ArriveAsync()
    {
        foreach (var group in Clients.Chunk(50))
        {
            foreach (var client in group)
            {
                client.Come();
                _living.Add(client.LiveAsync(_stop.Token));
            }

            await Task.Delay(Unrest);
        }
    }

    /// <summary>Some leave and some come, until it is cancelled.</summary>
    public async Task BeRestlessAsync(CancellationToken quiet)
    {
        var rest = 0.0;
        while (!quiet.IsCancellationRequested)
        {
            for (rest += (double)Clients.Count / ChurnShare; rest >= 1; rest--)
            {
                var client = Clients[_random.Next(Clients.Count)];
                if (!client.IsWanted)
                    client.Come();
                else if (Clients.Count(static one => !one.IsWanted) < Clients.Count / AwayShare)
                    await client.LeaveAsync(isPolite: _random.Next(2) == 0);
            }

            await Task.Delay(Unrest, quiet).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>Those who are subscribed to a channel and have been since before a moment.</summary>
    public IEnumerable<ChaosConnection> JoinedBefore(string channel, long timestamp) => Clients
        .Where(client => client.Plan.Channels.Contains(channel)).Select(static client => client.Connection).OfType<ChaosConnection>()
        .Where(connection => connection.HasJoinedBefore(channel, timestamp));

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await Task.WhenAll(_living);
        _stop.Dispose();
    }
}
