using System.CommandLine;
using System.Globalization;
using Sockudo.Load.Engine;
using Sockudo.Load.Metering;
using Sockudo.Load.Reports;
using Sockudo.Load.Scenarios;

namespace Sockudo.Load.Commands;

/// <summary>
/// A server against the floor, or another reference, within one run: both are started once, and their rounds take turns, so that whatever
/// the machine does meanwhile meets both.
/// </summary>
internal sealed class RatioCommand : Command
{
    private const string FanOutScenario = "fanout";
    private const string EchoScenario = "echo";
    private const string PublishScenario = "publish";

    private readonly Option<string> _serverCommand = new("--server-command") { Description = "Starts the server; it must print addresses=http://…", Required = true };
    private readonly Option<string?> _referenceCommand = new("--reference-command") { Description = "Starts the reference; default: the floor, which coalesces if the window is above 1" };
    private readonly Option<string> _scenario = new("--scenario") { Description = "What to run", DefaultValueFactory = _ => FanOutScenario };
    private readonly Option<int[]> _windows = new("--window") { Description = "Messages in flight; may be repeated", DefaultValueFactory = _ => [1, 16] };
    private readonly Option<int> _connections = new("-n") { Description = "Subscribers of fanout, pairs of echo", DefaultValueFactory = _ => 1000 };
    private readonly Option<int> _payload = new("--payload") { Description = "Bytes of an event's data", DefaultValueFactory = _ => 100 };
    private readonly RoundOptions _rounds = new(seconds: 3, rounds: 5, warmUp: 20);
    private readonly CoreOptions _cores = new();
    private readonly TargetOptions _target = new();

    public RatioCommand()
        : base("ratio", "A server against the floor or another reference, in turns; ratios of the medians")
    {
        _scenario.AcceptOnlyFromAmong(FanOutScenario, EchoScenario, PublishScenario);
        foreach (var option in (Option[])[_serverCommand, _referenceCommand, _scenario, _windows, _connections, _payload])
            Options.Add(option);
        _rounds.AddTo(this);
        _cores.AddTo(this);
        _target.AddAppTo(this);
        SetAction(ErrorBoundary.Around(Run));
    }

    private int Run(ParseResult result)
    {
        ProcessMeter.PinSelf(_cores.Generator(result));
        using var server = Start(result, result.GetValue(_serverCommand)!);
        var comparisons = new List<Comparison>();
        foreach (var window in result.GetValue(_windows)!)
        {
            using var reference = Start(result, result.GetValue(_referenceCommand) ?? Floor(result, window));
            using var own = Create(result, server, window);
            using var other = Create(result, reference, window);
            var name = string.Create(CultureInfo.InvariantCulture, $"{result.GetValue(_scenario)}, window {window}");
            comparisons.Add(_rounds.Alternate(result, name, other, own));
        }

        return _rounds.Finish(result, comparisons);
    }

    private ServerChild Start(ParseResult result, string command) =>
        new(command, _cores.Server(result), ScenarioCommands.ClientEventVariables);

    private string Floor(ParseResult result, int window) =>
        $"{OwnProgram.Command} floor{(result.GetValue(_scenario) == EchoScenario ? " --echo" : "")}{(window > 1 ? " --coalesce" : "")}";

    private IScenario Create(ParseResult result, ServerChild child, int window)
    {
        var server = _target.Server(result, child);
        var (connections, payload) = (result.GetValue(_connections), result.GetValue(_payload));
        return result.GetValue(_scenario) switch
        {
            EchoScenario => new Echo(server, new EchoShape(connections, BothWays: true, window, payload)),
            PublishScenario => new Publish(server, new PublishShape(Connections: 1, window, Batch: 1, Subscribers: 0, payload)),
            _ => new FanOut(server, new EventLoop(), new FanOutShape(1, connections, payload), new Pace(window, Rate: null)),
        };
    }
}
