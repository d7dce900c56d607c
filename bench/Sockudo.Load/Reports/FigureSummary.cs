namespace Sockudo.Load.Reports;

/// <summary>A figure over all rounds.</summary>
internal sealed record FigureSummary(string Name, string Unit, double Median, double Min, double Max, IReadOnlyList<double> Rounds)
{
    public static FigureSummary Of(string name, string unit, IReadOnlyList<double> rounds) =>
        new(name, unit, MedianOf(rounds), rounds.Min(), rounds.Max(), rounds);

    public static double MedianOf(IReadOnlyList<double> values)
    {
        var ordered = values.Order().ToList();
        var middle = ordered.Count / 2;
        return ordered.Count % 2 == 1 ? ordered[middle] : (ordered[middle - 1] + ordered[middle]) / 2;
    }
}
