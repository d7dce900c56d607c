namespace Sockudo.Server.Options;

/// <summary>Section <c>database.redis</c> of the configuration.</summary>
public sealed record RedisOptions
{
    /// <summary><c>redis://[[user]:password@]host[:port][/db]</c>, <c>rediss://</c> for TLS.</summary>
    public string? Url { get; init; }

    /// <summary>Host.</summary>
    public string Host { get; init; } = "127.0.0.1";

    /// <summary>Port.</summary>
    public int Port { get; init; } = 6379;

    /// <summary>Database number; 0 on clusters.</summary>
    public int Db { get; init; }

    /// <summary>ACL user.</summary>
    public string? Username { get; init; }

    /// <summary>Password.</summary>
    public string? Password { get; init; }

    /// <summary>Base of every component's prefix that is not set itself.</summary>
    public string KeyPrefix { get; init; } = "sockudo:";

    /// <summary>Section <c>database.redis.tls</c>.</summary>
    public ClientTlsOptions Tls { get; init; } = new();

    /// <summary>Sentinels, <c>host:port</c>; non-empty: they name the master.</summary>
    public IReadOnlyList<string> Sentinels { get; init; } = [];

    /// <summary>User of the Sentinels.</summary>
    public string? SentinelUsername { get; init; }

    /// <summary>Password of the Sentinels.</summary>
    public string? SentinelPassword { get; init; }

    /// <summary>Name of the master.</summary>
    public string Name { get; init; } = "mymaster";

    /// <summary>Seed nodes for every component on Redis Cluster, <c>host:port</c>.</summary>
    public IReadOnlyList<string> ClusterNodes { get; init; } = [];

    /// <summary>Milliseconds of one connection attempt.</summary>
    public int ConnectTimeoutMs { get; init; } = 5000;

    /// <summary>Milliseconds of one command.</summary>
    public int CommandTimeoutMs { get; init; } = 5000;
}
