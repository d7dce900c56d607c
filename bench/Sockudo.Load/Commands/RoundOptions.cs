using System.CommandLine;
using System.Globalization;
using Sockudo.Load.Reports;
using Sockudo.Load.Scenarios;

namespace Sockudo.Load.Commands;

/// <summary>Options of every measurement: how long, how often, and where the result goes.</summary>
/// <param name="seconds">Default length of a round.</param>
/// <param name="rounds">Default number of rounds.</param>
/// <param name="warmUp">Default seconds of load before them.</param>
internal sealed class RoundOptions(double seconds = 5, int rounds = 3, double warmUp = 5)
{
    private readonly Option<double> _warmUp = new("--warm-up") { Description = "Seconds of load before the first round", DefaultValueFactory = _ => warmUp };
    private readonly Option<double> _seconds = new("--seconds") { Description = "Length of a round", DefaultValueFactory = _ => seconds };
    private readonly Option<int> _rounds = new("--rounds") { Description = "Rounds; medians are reported", DefaultValueFactory = _ => rounds };
    private readonly Option<string?> _json = new("--json") { Description = "Write the result as JSON to this file; - = standard output, without the table" };

    public void AddTo(Command command)
    {
        foreach (var option in (Option[])[_warmUp, _seconds, _rounds, _json])
            command.Options.Add(option);
    }

    /// <summary>Rounds that are wanted.</summary>
    public int Count(ParseResult result) => Math.Max(1, result.GetValue(_rounds));

    /// <summary>Arguments for another process of this tool that runs one round and prints JSON.</summary>
    public string[] ForOneRound(ParseResult result) =>
    [
        "--warm-up", result.GetValue(_warmUp).ToString(CultureInfo.InvariantCulture),
        "--seconds", result.GetValue(_seconds).ToString(CultureInfo.InvariantCulture),
        "--rounds", "1", "--json", JsonFile.StandardOutput,
    ];

    /// <summary>Warms up and runs the rounds of a scenario.</summary>
    public IReadOnlyList<RoundResult> Run(ParseResult result, IScenario scenario)
    {
        var warm = WarmUp(result, scenario);
        var rounds = new List<RoundResult>();
        while (rounds.Count < Count(result))
            rounds.Add(scenario.Run(TimeSpan.FromSeconds(result.GetValue(_seconds))));
        rounds[0].Faults.AddRange(warm);
        return rounds;
    }

    /// <summary>Warms up a scenario against a reference (A) and a server (B), and runs their rounds in turns.</summary>
    public Comparison Alternate(ParseResult result, string name, IScenario reference, IScenario server)
    {
        var (warmA, warmB) = (WarmUp(result, reference), WarmUp(result, server));
        var (a, b) = (new List<RoundResult>(), new List<RoundResult>());
        var duration = TimeSpan.FromSeconds(result.GetValue(_seconds));
        while (a.Count < Count(result))
        {
            a.Add(reference.Run(duration));
            b.Add(server.Run(duration));
        }

        a[0].Faults.AddRange(warmA);
        b[0].Faults.AddRange(warmB);
        return Comparison.Of(name, "reference", "server", a, b);
    }

    /// <summary>Prints or writes a report; the exit code.</summary>
    public int Finish(ParseResult result, Report report)
    {
        var json = result.GetValue(_json);
        if (json != JsonFile.StandardOutput)
            report.Print(Console.Out);
        if (json is not null)
            JsonFile.Write(json, report, LoadJson.Default.Report);
        return report.Faults.Count == 0 ? 0 : 1;
    }

    /// <summary>Prints or writes comparisons; the exit code.</summary>
    public int Finish(ParseResult result, List<Comparison> comparisons)
    {
        var json = result.GetValue(_json);
        if (json != JsonFile.StandardOutput)
            comparisons.ForEach(static comparison => comparison.Print(Console.Out));
        if (json is not null)
            JsonFile.Write(json, comparisons, LoadJson.Default.ListComparison);
        return comparisons.TrueForAll(static comparison => comparison.Faults.Count == 0) ? 0 : 1;
    }

    private IEnumerable<string> WarmUp(ParseResult result, IScenario scenario)
    {
        var duration = TimeSpan.FromSeconds(result.GetValue(_warmUp));
        return duration > TimeSpan.Zero ? scenario.WarmUp(duration).Faults.Select(static fault => $"{fault} (while warming up)") : [];
    }
}
