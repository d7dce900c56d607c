namespace Sockudo.Configuration;

/// <summary>
/// Looks variables up in the environment and in <c>.env</c>: an empty one counts as not set, and a secret one can be given
/// as the path of a file in <c>{name}_FILE</c> (configuration.md 1.3).
/// </summary>
internal sealed class VariableReader
{
    private readonly string _workingDirectory;
    private readonly ConfigurationProblems _problems;
    private readonly (IReadOnlyDictionary<string, string> Variables, Func<string, ValueSource> SourceOf)[] _sources;

    public VariableReader(
        IReadOnlyDictionary<string, string> environment, IReadOnlyDictionary<string, string> dotEnv, string workingDirectory,
        ConfigurationProblems problems)
    {
        _workingDirectory = workingDirectory;
        _problems = problems;
        // The higher source first.
        _sources = [(environment, ValueSource.Environment), (dotEnv, ValueSource.DotEnv)];
    }

    /// <summary>All names that are set anywhere.</summary>
    public IEnumerable<string> Names => _sources.SelectMany(static source => source.Variables.Keys).Distinct(StringComparer.Ordinal);

    /// <summary>
    /// Every value given by one of several aliases, the one that counts first: the environment beats <c>.env</c> whichever alias
    /// is used, and within one source the first name wins.
    /// </summary>
    public IEnumerable<(string Text, ValueSource Source)> FindAll(IReadOnlyList<string> names, bool isSecret)
    {
        foreach (var (variables, sourceOf) in _sources)
        {
            foreach (var name in names)
            {
                if (Read(variables, name, sourceOf, isSecret) is { } found)
                    yield return found;
            }
        }
    }

    private (string Text, ValueSource Source)? Read(
        IReadOnlyDictionary<string, string> variables, string name, Func<string, ValueSource> sourceOf, bool isSecret)
    {
        variables.TryGetValue(name, out var text);
        var file = isSecret ? variables.GetValueOrDefault(name + "_FILE") : null;
        if (string.IsNullOrEmpty(file))
            return string.IsNullOrEmpty(text) ? null : (text, sourceOf(name));
        if (!string.IsNullOrEmpty(text))
        {
            _problems.Error($"{name} and {name}_FILE are both set ({sourceOf(name)}); keep one of them");
            return null;
        }

        try
        {
            return (File.ReadAllText(Path.Combine(_workingDirectory, file)).TrimEnd('\r', '\n'), sourceOf(name + "_FILE"));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ArgumentException)
        {
            _problems.Error($"{name}_FILE = \"{file}\" ({sourceOf(name + "_FILE")}): the file cannot be read: {exception.Message}");
            return null;
        }
    }
}
