using System.Globalization;

namespace Sockudo.Chaos.Nodes;

/// <summary>What a node says of itself at <c>/metrics</c>.</summary>
internal sealed record NodeFigures(long Connections, long ResidentBytes, long OpenFiles, long Gaps)
{
    /// <summary>Reads a scrape.</summary>
    public static NodeFigures Parse(string text) => new(
        Sum(text, "sockudo_connected"), Sum(text, "process_resident_memory_bytes"), Sum(text, "process_open_fds"), Sum(text, "sockudo_cluster_gaps_total"));

    private static long Sum(string text, string family) => (long)text.Split('\n')
        .Where(line => line.StartsWith(family, StringComparison.Ordinal) && line.Length > family.Length && line[family.Length] is '{' or ' ')
        .Sum(static line => double.Parse(line[(line.LastIndexOf(' ') + 1)..], CultureInfo.InvariantCulture));
}
