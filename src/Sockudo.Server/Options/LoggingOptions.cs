namespace Sockudo.Server.Options;

/// <summary>Section <c>logging</c> of the configuration.</summary>
public sealed record LoggingOptions
{
    /// <summary>Level of all log lines; absent = the filters decide.</summary>
    public LoggingLevel? Level { get; init; }

    /// <summary>Format of log lines.</summary>
    public LoggingFormat Format { get; init; }

    /// <summary>Colours in text lines; <c>auto</c> = only on a terminal.</summary>
    public LoggingColors Colors { get; init; }

    /// <summary>Category in text lines.</summary>
    public bool IncludeTarget { get; init; } = true;

    /// <summary>Filter that wins over everything else.</summary>
    public string? Filter { get; init; }

    /// <summary>Filter used when <c>debug</c>.</summary>
    public string DebugFilter { get; init; } = "info,sockudo=debug";

    /// <summary>Filter used otherwise.</summary>
    public string ProdFilter { get; init; } = "info";
}
