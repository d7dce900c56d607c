namespace Sockudo.Load.Reports;

/// <summary>A figure of two servers whose rounds took turns.</summary>
/// <param name="Name">What it is.</param>
/// <param name="Unit">Its unit.</param>
/// <param name="A">Of the first server.</param>
/// <param name="B">Of the second.</param>
/// <param name="Ratio">Median of B by median of A; null if there is nothing to divide by.</param>
/// <param name="RatioMin">Smallest ratio of two rounds that followed each other.</param>
/// <param name="RatioMax">Largest ratio of two rounds that followed each other.</param>
internal sealed record ComparedFigure(
    string Name, string Unit, FigureSummary A, FigureSummary B, double? Ratio, double? RatioMin, double? RatioMax)
{
    public static ComparedFigure Of(FigureSummary a, FigureSummary b)
    {
        if (a.Rounds.Any(static value => value == 0))
            return new ComparedFigure(a.Name, a.Unit, a, b, null, null, null);
        var ratios = a.Rounds.Zip(b.Rounds, static (first, second) => second / first).ToList();
        return new ComparedFigure(a.Name, a.Unit, a, b, b.Median / a.Median, ratios.Min(), ratios.Max());
    }
}
