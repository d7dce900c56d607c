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
        Error($"{path} = {(isSecret ? $"\"{Masked.Secret}\"" : value.Display)} ({value.Source}): {problem}");

    /// <summary>Anything else that prevents the start.</summary>
    public void Error(string message) => Add(_errors, message);

    public void Warning(string message) => Add(_warnings, message);

    // A variable that sets several keys is read once for each of them.
    private static void Add(List<string> lines, string text)
    {
        var line = text.ReplaceLineEndings("\\n");
        if (!lines.Contains(line))
            lines.Add(line);
    }
}
