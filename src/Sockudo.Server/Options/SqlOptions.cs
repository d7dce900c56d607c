namespace Sockudo.Server.Options;

/// <summary>An SQL database.</summary>
public sealed record SqlOptions
{
    /// <summary><c>mysql://</c> or <c>postgres://</c>, <c>user:password@host:port/database</c>.</summary>
    public string? Url { get; init; }

    /// <summary>Host.</summary>
    public string Host { get; init; } = "localhost";

    /// <summary>Port.</summary>
    public int Port { get; init; }

    /// <summary>User.</summary>
    public string Username { get; init; } = "";

    /// <summary>Password, any characters.</summary>
    public string Password { get; init; } = "";

    /// <summary>Database; must exist.</summary>
    public string Database { get; init; } = "sockudo";

    /// <summary>Table of the apps, optionally <c>schema.table</c>.</summary>
    public string TableName { get; init; } = "applications";

    /// <summary>Most connections of the pool; default <c>database_pooling.max</c>.</summary>
    public int? ConnectionPoolSize { get; init; }

    /// <summary>Seconds an app stays cached; default <c>app_manager.cache.ttl</c>.</summary>
    public int? CacheTtl { get; init; }

    /// <summary>Seconds between removals of expired cache entries.</summary>
    public int CacheCleanupInterval { get; init; } = 60;

    /// <summary>Apps cached at most.</summary>
    public int CacheMaxCapacity { get; init; } = 10_000;

    /// <summary>Whether and how TLS is used.</summary>
    public TlsMode TlsMode { get; init; } = TlsMode.Preferred;

    /// <summary>Own certificate authority, PEM.</summary>
    public string? TlsCaPath { get; init; }
}
