namespace Sockudo.Configuration;

/// <summary>Everything that is wrong with a configuration, collected so that all of it is reported at once.</summary>
internal sealed class ConfigurationProblems
{
    private readonly List<string> _errors = [];
    private readonly List<string> _warnings = [];

    /// <summary>One line each, without the leading <c>error:</c>.</summary>
    public IReadOnlyList<string> Errors => _errors;

    /// <summary>One line each, without the leading <c>warning:</c>.</summary>
    public IReadOnlyList<string> Warnings => _warnings;

    /// <summary>A value that cannot be used: <c>path = value (source): problem</c>.</summary>
    public void Error(string path, ConfigNode value, string problem, bool isSecret = false) =>
        _errors.Add($"{path} = {(isSecret ? "\"***\"" : OneLine(value.Display))} ({value.Source}): {problem}");

    /// <summary>Anything else that prevents the start.</summary>
    public void Error(string message) => _errors.Add(OneLine(message));

    public void Warning(string message) => _warnings.Add(OneLine(message));

    private static string OneLine(string text) => text.ReplaceLineEndings("\\n");
}
