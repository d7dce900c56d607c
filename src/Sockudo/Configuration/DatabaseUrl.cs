namespace Sockudo.Configuration;

/// <summary>The rules of database URLs (configuration.md 3.6.1).</summary>
internal static class DatabaseUrl
{
    /// <summary>Sets the URL of the section that its scheme names.</summary>
    public const string Variable = "DATABASE_URL";

    private static readonly string[] Singles = ["host", "port"];

    private static readonly string[] Sections = ["database.mysql", "database.postgres", "database.redis"];

    /// <summary>The key that a value of <see cref="Variable"/> sets; null for an unknown scheme.</summary>
    public static string? KeyOf(string url) => url.Split("://", 2)[0].ToUpperInvariant() switch
    {
        "MYSQL" => "database.mysql.url",
        "POSTGRES" or "POSTGRESQL" => "database.postgres.url",
        "REDIS" or "REDISS" => "database.redis.url",
        _ => null,
    };

    /// <summary>
    /// Drops the URL of a section whose host or port comes from a higher source ("the URL is ignored with a warning").
    /// </summary>
    public static void Reconcile(ResolvedValues values, ConfigurationProblems problems)
    {
        foreach (var section in Sections)
        {
            if (values.NodeOf(section + ".url") is not { } url)
                continue;
            var higher = Singles.FirstOrDefault(name => values.NodeOf($"{section}.{name}")?.Source.Rank > url.Source.Rank);
            if (higher is null)
                continue;
            var source = values.NodeOf($"{section}.{higher}")!.Source;
            problems.Warning($"{section}.url ({url.Source}) is ignored because {section}.{higher} is set by a higher source ({source})");
            values.Remove(section + ".url");
        }
    }
}
