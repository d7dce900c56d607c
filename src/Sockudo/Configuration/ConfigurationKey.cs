namespace Sockudo.Configuration;

/// <summary>One key of the configuration.</summary>
internal sealed class ConfigurationKey(string path, KeyType type, params string[] variables)
{
    /// <summary>Dotted path, as <c>--set</c> takes it.</summary>
    public string Path { get; } = path;

    public KeyType Type { get; } = type;

    /// <summary>Environment variables, the first that is set wins; empty for none.</summary>
    public IReadOnlyList<string> Variables { get; } = variables;

    /// <summary>Never printed; can be given as the path of a file in <c>{variable}_FILE</c>.</summary>
    public bool IsSecret { get; init; }
}
