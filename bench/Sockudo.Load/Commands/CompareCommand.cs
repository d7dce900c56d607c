using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Sockudo.Load.Engine;
using Sockudo.Load.Reports;

namespace Sockudo.Load.Commands;

/// <summary>
/// Two servers in turns, A B A B…: each round starts a server anew, so that the luck of one start (where code and memory happen to lie)
/// does not decide.
/// </summary>
internal sealed class CompareCommand : Command
{
    private readonly Option<string> _a = new("--a") { Description = "Starts the first server; it must print addresses=http://…", Required = true };
    private readonly Option<string> _b = new("--b") { Description = "Starts the second server", Required = true };
    private readonly Option<string> _scenarios = new("--scenarios") { Description = "Scenarios, separated by commas, each with its options if need be", DefaultValueFactory = _ => "fanout,publish" };
    private readonly RoundOptions _rounds = new(seconds: 3, rounds: 5, warmUp: 20);
    private readonly CoreOptions _cores = new();

    public CompareCommand()
        : base("compare", "Two servers in turns; medians and ratios of every figure")
    {
        foreach (var option in (Option[])[_a, _b, _scenarios])
            Options.Add(option);
        _rounds.AddTo(this);
        _cores.AddTo(this);
        SetAction(ErrorBoundary.Around(Run));
    }

    private int Run(ParseResult result)
    {
        var comparisons = new List<Comparison>();
        foreach (var scenario in result.GetValue(_scenarios)!.Split(',', StringSplitOptions.TrimEntries))
        {
            var (a, b) = (new List<RoundResult>(), new List<RoundResult>());
            for (var round = 0; round < _rounds.Count(result); round++)
            {
                a.Add(RunOnce(result, scenario, result.GetValue(_a)!));
                b.Add(RunOnce(result, scenario, result.GetValue(_b)!));
            }

            comparisons.Add(Comparison.Of(scenario, "A", "B", a, b));
        }

        return _rounds.Finish(result, comparisons);
    }

    private RoundResult RunOnce(ParseResult result, string scenario, string server)
    {
        var program = OwnProgram.Command.Split(' ');
        var start = new ProcessStartInfo(program[0], [.. program[1..], .. scenario.Split(' ', StringSplitOptions.RemoveEmptyEntries)])
        {
            RedirectStandardOutput = true,
        };
        foreach (var argument in (string[])[
            "--server-command", server, "--server-core", Text(_cores.Server(result)), "--pin", Text(_cores.Generator(result)),
            .. _rounds.ForOneRound(result)])
        {
            start.ArgumentList.Add(argument);
        }

        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        if (!output.StartsWith('{'))
            throw new InvalidOperationException($"{scenario} has shown nothing against {server}");
        return JsonSerializer.Deserialize(output, LoadJson.Default.Report)!.ToRound();
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
