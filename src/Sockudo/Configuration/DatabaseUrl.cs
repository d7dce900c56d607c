namespace Sockudo.Configuration;

/// <summary>The rules of database URLs (configuration.md 3.6.1).</summary>
internal static class DatabaseUrl
{
    private static readonly (string Section, string[] Schemes)[] Sections =
    [
        ("database.mysql", ["mysql"]),
        ("database.postgres", ["postgres", "postgresql"]),
        ("database.redis", ["redis", "rediss"]),
    ];

    private static readonly string[] RedisKeys =
    [
        "database.redis.url", "adapter.redis.redis_pub_options.url", "adapter.redis.redis_sub_options.url", "cache.redis.url_override",
        "queue.redis.url_override", "rate_limiter.redis.url_override",
    ];

    /// <summary><c>DATABASE_URL</c>: its scheme chooses the section whose URL it sets, below that section's own variables.</summary>
    public static void Apply(VariableReader variables, ResolvedValues values, ConfigurationProblems problems)
    {
        foreach (var (text, source) in variables.FindAll(["DATABASE_URL"], isSecret: true).Reverse())
        {
            var scheme = text.Split("://", 2)[0];
            var section = Sections.FirstOrDefault(entry => entry.Schemes.Contains(scheme, StringComparer.OrdinalIgnoreCase)).Section;
            if (section is null)
                problems.Error($"DATABASE_URL ({source}): unknown scheme; use mysql://, postgres:// or redis://");
            else
                values.Set(section + ".url", text, new ConfigScalar(text, IsString: true, source));
        }
    }

    /// <summary>
    /// Checks every URL, and drops the one of a section whose host or port comes from a higher source ("the URL is ignored with
    /// a warning").
    /// </summary>
    public static void Reconcile(ResolvedValues values, ConfigurationProblems problems)
    {
        foreach (var key in RedisKeys)
            Check(values, problems, key, ["redis", "rediss"], HasRedisPath);
        foreach (var (section, schemes) in Sections)
        {
            if (section != "database.redis")
                Check(values, problems, section + ".url", schemes, static uri => uri.AbsolutePath.Length > 1 && !uri.AbsolutePath[1..].Contains('/'));
            if (values.NodeOf(section + ".url") is not { } url)
                continue;
            foreach (var name in new[] { "host", "port" })
            {
                if (values.NodeOf($"{section}.{name}") is { } single && single.Source.Rank > url.Source.Rank)
                {
                    problems.Warning($"{section}.url ({url.Source}) is ignored because {section}.{name} is set by a higher source ({single.Source})");
                    values.Remove(section + ".url");
                }
            }
        }
    }

    private static void Check(
        ResolvedValues values, ConfigurationProblems problems, string key, string[] schemes, Func<Uri, bool> hasRightPath)
    {
        if (values.NodeOf(key) is not ConfigScalar node)
            return;
        var forms = string.Join(" or ", schemes.Select(static scheme => scheme + "://"));
        if (!Uri.TryCreate(node.Text, UriKind.Absolute, out var uri) || !schemes.Contains(uri.Scheme, StringComparer.OrdinalIgnoreCase))
            problems.Error(key, node, $"must be a URL that begins with {forms}", isSecret: true);
        else if (uri.Query.Length > 0 || uri.Fragment.Length > 0)
            problems.Error(key, node, "query parameters are not known in this URL", isSecret: true);
        else if (!hasRightPath(uri))
            problems.Error(key, node, "the path must be the database, as in scheme://user:password@host:port/database", isSecret: true);
    }

    private static bool HasRedisPath(Uri uri) => uri.AbsolutePath.Length <= 1 || uri.AbsolutePath[1..].All(char.IsAsciiDigit);
}
