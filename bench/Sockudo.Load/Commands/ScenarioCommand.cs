using System.CommandLine;
using Sockudo.Load.Engine;
using Sockudo.Load.Reports;
using Sockudo.Load.Scenarios;

namespace Sockudo.Load.Commands;

/// <summary>A command that runs one scenario against one server.</summary>
internal sealed class ScenarioCommand : Command
{
    private static readonly Dictionary<string, string> NoVariables = [];

    private readonly TargetOptions _target = new();
    private readonly RoundOptions _rounds;
    private readonly Func<ParseResult, ServerUnderLoad, IScenario> _create;

    /// <param name="name">Name of the command.</param>
    /// <param name="description">What it measures.</param>
    /// <param name="rounds">Defaults of its rounds.</param>
    /// <param name="options">Its own options.</param>
    /// <param name="create">Sets the scenario up.</param>
    public ScenarioCommand(
        string name, string description, RoundOptions rounds, IEnumerable<Option> options, Func<ParseResult, ServerUnderLoad, IScenario> create)
        : base(name, description)
    {
        (_rounds, _create) = (rounds, create);
        foreach (var option in options)
            Options.Add(option);
        rounds.AddTo(this);
        _target.AddTo(this);
        SetAction(ErrorBoundary.Around(Run));
    }

    /// <summary>Environment variables that a started server needs for this scenario.</summary>
    public IReadOnlyDictionary<string, string> ServerEnvironment { get; init; } = NoVariables;

    private int Run(ParseResult result)
    {
        using var child = _target.Start(result, ServerEnvironment);
        using var scenario = _create(result, _target.Server(result, child));
        return _rounds.Finish(result, Report.Of(Name, string.Join(' ', result.Tokens), _rounds.Run(result, scenario)));
    }
}
