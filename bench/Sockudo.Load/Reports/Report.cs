namespace Sockudo.Load.Reports;

/// <summary>What a scenario has shown: the JSON output of the tool.</summary>
/// <param name="Scenario">Name of the command.</param>
/// <param name="Arguments">The command line without the program.</param>
/// <param name="Figures">Medians over the rounds, in the order in which they are to be read.</param>
/// <param name="Faults">What must not have happened; empty if all is well.</param>
internal sealed record Report(string Scenario, string Arguments, IReadOnlyList<FigureSummary> Figures, IReadOnlyList<string> Faults)
{
    /// <summary>Why the figures should not be believed as they are.</summary>
    public IEnumerable<string> Notes => Figures.Select(static figure => figure.WarmUpNote()).OfType<string>();

    public static Report Of(string scenario, string arguments, IReadOnlyList<RoundResult> rounds)
    {
        // A figure that a round could not show is absent from it.
        var figures = rounds.SelectMany(static round => round.Figures)
            .GroupBy(static figure => (figure.Name, figure.Unit))
            .Select(static group => FigureSummary.Of(group.Key.Name, group.Key.Unit, [.. group.Select(static figure => figure.Value)]));
        return new Report(scenario, arguments, [.. figures], [.. rounds.SelectMany(static round => round.Faults)]);
    }

    /// <summary>A table for people.</summary>
    public void Print(TextWriter output)
    {
        var table = new Table(Scenario, "median", "min", "max", "");
        foreach (var figure in Figures)
            table.Add(figure.Name, Table.Number(figure.Median), Table.Number(figure.Min), Table.Number(figure.Max), figure.Unit);
        table.Print(output);
        foreach (var note in Notes)
            output.WriteLine($"NOTE {note}");
        foreach (var fault in Faults)
            output.WriteLine($"FAULT {fault}");
    }

    /// <summary>The medians as if they were one round, for comparisons.</summary>
    public RoundResult ToRound()
    {
        var round = new RoundResult();
        round.Figures.AddRange(Figures.Select(static figure => new Figure(figure.Name, figure.Median, figure.Unit)));
        round.Faults.AddRange(Faults);
        return round;
    }
}
