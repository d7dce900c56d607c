using System.Globalization;
using Sockudo.Chaos.Nodes;

namespace Sockudo.Chaos.Clients;

/// <summary>
/// Somebody's application, which publishes on one channel through any node, one event after the other. After an event of which it does not know whether it was
/// published it takes another name, as nobody promises where that event stands among later ones.
/// </summary>
internal sealed class Publisher(string channel, IReadOnlyList<ChaosNode> nodes, int seed)
{
    private readonly Random _random = new(seed);
    private readonly List<Publication> _published = [];
    private int _name;
    private int _number;

    /// <summary>All that was published since it was last asked.</summary>
    public IReadOnlyList<Publication> Take()
    {
        lock (_published)
        {
            Publication[] taken = [.. _published];
            _published.Clear();
            return taken;
        }
    }

    /// <summary>Publishes about once a second until it is cancelled.</summary>
    public async Task PublishAsync(CancellationToken quiet)
    {
        while (!quiet.IsCancellationRequested)
        {
            await PublishAsync(nodes[_random.Next(nodes.Count)]);
            await Task.Delay(TimeSpan.FromMilliseconds(_random.Next(500, 1500)), quiet).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>Publishes the next event through a node.</summary>
    public async Task PublishAsync(ChaosNode node)
    {
        var data = string.Create(CultureInfo.InvariantCulture, $"{channel}/{_name} {++_number}");
        var start = TimeProvider.System.GetTimestamp();
        var outcome = await node.Api.PublishAsync(channel, "n", data);
        if (outcome == PublishOutcome.Unknown)
            _name++;
        lock (_published)
            _published.Add(new Publication(channel, data, start, outcome));
    }
}
