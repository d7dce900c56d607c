namespace Sockudo.Load.Reports;

/// <summary>One scenario against two servers in turns.</summary>
/// <param name="Scenario">The scenario with its options.</param>
/// <param name="A">What the first server is.</param>
/// <param name="B">What the second server is.</param>
/// <param name="Figures">Figures that both have shown.</param>
/// <param name="Faults">What must not have happened; empty if all is well.</param>
internal sealed record Comparison(string Scenario, string A, string B, IReadOnlyList<ComparedFigure> Figures, IReadOnlyList<string> Faults)
{
    /// <summary>Why the figures should not be believed as they are.</summary>
    public IEnumerable<string> Notes =>
    [
        .. Figures.Select(figure => figure.A.WarmUpNote()).OfType<string>().Select(note => $"{A}: {note}"),
        .. Figures.Select(figure => figure.B.WarmUpNote()).OfType<string>().Select(note => $"{B}: {note}"),
    ];

    public static Comparison Of(string scenario, string nameA, string nameB, IReadOnlyList<RoundResult> a, IReadOnlyList<RoundResult> b)
    {
        var (first, second) = (Report.Of(scenario, "", a), Report.Of(scenario, "", b));
        var figures = first.Figures.Join(second.Figures, static figure => figure.Name, static figure => figure.Name, ComparedFigure.Of);
        return new Comparison(
            scenario, nameA, nameB, [.. figures],
            [.. first.Faults.Select(fault => $"{nameA}: {fault}"), .. second.Faults.Select(fault => $"{nameB}: {fault}")]);
    }

    public void Print(TextWriter output)
    {
        var table = new Table(Scenario, $"{A} (median)", $"{B} (median)", "ratio", "rounds", "");
        foreach (var figure in Figures)
        {
            table.Add(
                figure.Name, Table.Number(figure.A.Median), Table.Number(figure.B.Median),
                figure.Ratio is { } ratio ? Table.Number(ratio) : "",
                figure.Ratio is null ? "" : $"{Table.Number(figure.RatioMin!.Value)} to {Table.Number(figure.RatioMax!.Value)}",
                figure.Unit);
        }

        table.Print(output);
        foreach (var note in Notes)
            output.WriteLine($"NOTE {note}");
        foreach (var fault in Faults)
            output.WriteLine($"FAULT {fault}");
        output.WriteLine();
    }
}
