namespace Sockudo.Server.Options;

/// <summary>Section <c>database.sqlite</c> of the configuration.</summary>
public sealed record DatabaseSqliteOptions
{
    /// <summary>File of the embedded database.</summary>
    public string Path { get; init; } = "data/sockudo.db";
}
