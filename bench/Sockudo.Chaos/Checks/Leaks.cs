using System.Globalization;
using Sockudo.Chaos.Nodes;

namespace Sockudo.Chaos.Checks;

/// <summary>Memory and descriptors of the nodes, compared with those after the start.</summary>
internal sealed class Leaks(ChaosCluster cluster, Checker checker, Timeline timeline)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    // Descriptors beside those of connections: requests that are kept alive, files, the broker's.
    private const int SpareFiles = 50;
    private const double MemoryFactor = 1.5;
    private const long MemoryPerConnection = 60 * 1024;
    private const long SpareMemory = 64 << 20;

    private IReadOnlyList<NodeFigures> _atStart = [];

    /// <summary>Remembers how things are.</summary>
    public async Task BeginAsync()
    {
        _atStart = await MeasureAsync();
        Say("at the start", _atStart);
    }

    /// <summary>They must be about the same, but for what more connections cost.</summary>
    public async Task CheckAsync()
    {
        var files = _atStart.Max(static figures => figures.OpenFiles - figures.Connections) + SpareFiles;
        var memory = (long)(_atStart.Max(static figures => figures.ResidentBytes) * MemoryFactor) + SpareMemory;
        var connections = _atStart.Max(static figures => figures.Connections);
        await checker.ExpectAsync("descriptors", Patience, async () => Wrong(
            await MeasureAsync(), figures => figures.OpenFiles - figures.Connections <= files, $"at most {files} beside connections", static figures => figures.OpenFiles - figures.Connections));
        await checker.ExpectAsync("memory", Patience, async () => Wrong(
            await MeasureAsync(), figures => figures.ResidentBytes <= memory + (Math.Max(0, figures.Connections - connections) * MemoryPerConnection),
            $"at most {memory >> 20} MiB, and {MemoryPerConnection >> 10} KiB for each connection beyond {connections}", static figures => figures.ResidentBytes));
        Say("at the end", await MeasureAsync());
    }

    private async Task<IReadOnlyList<NodeFigures>> MeasureAsync()
    {
        var all = new List<NodeFigures>();
        foreach (var node in cluster.Nodes)
            all.Add(await node.MeasureAsync() ?? throw new InvalidOperationException($"{node.Name} does not say how it is"));
        return all;
    }

    private (string, string)? Wrong(IReadOnlyList<NodeFigures> all, Func<NodeFigures, bool> isRight, string expected, Func<NodeFigures, long> of)
    {
        for (var i = 0; i < all.Count; i++)
        {
            if (!isRight(all[i]))
                return ($"{cluster.Nodes[i].Name}: {expected}", of(all[i]).ToString(CultureInfo.InvariantCulture));
        }

        return null;
    }

    private void Say(string when, IReadOnlyList<NodeFigures> all)
    {
        for (var i = 0; i < all.Count; i++)
            timeline.Say(string.Create(CultureInfo.InvariantCulture,
                $"{when}: {cluster.Nodes[i].Name} has {all[i].Connections} connections, {all[i].ResidentBytes >> 20} MiB, {all[i].OpenFiles} descriptors, {all[i].Gaps} gaps noticed"));
    }
}
