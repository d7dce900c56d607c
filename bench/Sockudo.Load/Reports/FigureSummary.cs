using Sockudo.Load.Metering;

namespace Sockudo.Load.Reports;

/// <summary>A figure over all rounds.</summary>
internal sealed record FigureSummary(string Name, string Unit, double Median, double Min, double Max, IReadOnlyList<double> Rounds)
{
    // A round that cost so much more than the last was not yet the same program.
    private const double Warming = 1.25;

    public static FigureSummary Of(string name, string unit, IReadOnlyList<double> rounds) =>
        new(name, unit, MedianOf(rounds), rounds.Min(), rounds.Max(), rounds);

    /// <summary>CPU that fell from the first round to the last: the runtime was still compiling. Null if it did not, or cannot be told.</summary>
    public string? WarmUpNote() =>
        Name.StartsWith(RoundMeter.CpuPer, StringComparison.Ordinal) && Rounds.Count > 2 && Rounds[0] > Warming * Rounds[^1]
            ? $"{Name} fell from {Table.Number(Rounds[0])} to {Table.Number(Rounds[^1])} {Unit} between the first round and the last: warm up longer"
            : null;

    public static double MedianOf(IReadOnlyList<double> values)
    {
        var ordered = values.Order().ToList();
        var middle = ordered.Count / 2;
        return ordered.Count % 2 == 1 ? ordered[middle] : (ordered[middle - 1] + ordered[middle]) / 2;
    }
}
