namespace Sockudo.Configuration;

/// <summary>What a configuration is read from. Everything comes in from outside, so that a test needs no process of its own.</summary>
internal sealed record ConfigurationSources
{
    /// <summary>Where relative paths begin, and where <c>.env</c> lies.</summary>
    public required string WorkingDirectory { get; init; }

    /// <summary>The process's environment.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();

    /// <summary><c>--config</c>; null if it was not given.</summary>
    public string? ConfigPath { get; init; }

    /// <summary><c>--set</c> and its short forms in their order: option, path, value.</summary>
    public IReadOnlyList<(string Option, string Path, string Value)> Overrides { get; init; } = [];
}
