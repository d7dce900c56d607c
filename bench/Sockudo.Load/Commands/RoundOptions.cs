using System.CommandLine;
using Sockudo.Load.Reports;
using Sockudo.Load.Scenarios;

namespace Sockudo.Load.Commands;

/// <summary>Options of every measurement: how long, how often, and where the result goes.</summary>
/// <param name="seconds">Default length of a round.</param>
/// <param name="rounds">Default number of rounds.</param>
internal sealed class RoundOptions(double seconds = 5, int rounds = 3)
{
    private readonly Option<double> _warmUp = new("--warm-up") { Description = "Seconds of load before the first round", DefaultValueFactory = _ => 5 };
    private readonly Option<double> _seconds = new("--seconds") { Description = "Length of a round", DefaultValueFactory = _ => seconds };
    private readonly Option<int> _rounds = new("--rounds") { Description = "Rounds; medians are reported", DefaultValueFactory = _ => rounds };
    private readonly Option<string?> _json = new("--json") { Description = "Write the result as JSON to this file; - = standard output, without the table" };

    public void AddTo(Command command)
    {
        foreach (var option in (Option[])[_warmUp, _seconds, _rounds, _json])
            command.Options.Add(option);
    }

    /// <summary>Warms up, runs the rounds and reports them; the exit code.</summary>
    public int Run(ParseResult result, IScenario scenario)
    {
        var warmUp = TimeSpan.FromSeconds(result.GetValue(_warmUp));
        var faults = warmUp > TimeSpan.Zero ? scenario.WarmUp(warmUp).Faults : [];
        var rounds = new List<RoundResult>();
        for (var round = 0; round < result.GetValue(_rounds); round++)
            rounds.Add(scenario.Run(TimeSpan.FromSeconds(result.GetValue(_seconds))));
        rounds[0].Faults.AddRange(faults.Select(static fault => $"{fault} (while warming up)"));
        return Finish(result, Report.Of(result.CommandResult.Command.Name, string.Join(' ', result.Tokens), rounds));
    }

    /// <summary>Prints or writes a report; the exit code.</summary>
    private int Finish(ParseResult result, Report report)
    {
        var json = result.GetValue(_json);
        if (json != "-")
            report.Print(Console.Out);
        if (json is not null)
            report.WriteJson(json);
        return report.IsFaultless ? 0 : 1;
    }
}
