using Sockudo.Server.Backends;
using Sockudo.Server.Options;

namespace Sockudo.Redis;

/// <summary>What <see cref="RedisTarget"/> comes to: URLs are read, and everything that was left out is filled in (configuration.md 3.6.1).</summary>
internal sealed record RedisSettings
{
    /// <summary>The server, or where to begin to look for the nodes of the cluster; unused with Sentinels.</summary>
    public required IReadOnlyList<RedisAddress> Servers { get; init; }

    /// <summary>Who knows the master; empty for a server that is given by its address.</summary>
    public required IReadOnlyList<RedisAddress> Sentinels { get; init; }

    /// <summary>Where the addresses come from, for messages.</summary>
    public required string AddressKeys { get; init; }

    /// <summary>Where user and password come from, for messages.</summary>
    public required string CredentialKeys { get; init; }

    public required bool IsCluster { get; init; }

    public required string? Username { get; init; }

    public required string? Password { get; init; }

    /// <summary>Number of the database; a cluster has only 0.</summary>
    public required int Database { get; init; }

    public required bool UsesTls { get; init; }

    public required RedisOptions Options { get; init; }

    /// <exception cref="BackendException">An address is none.</exception>
    public static RedisSettings From(RedisTarget target)
    {
        var options = target.Options;
        var (seeds, seedsKey) = target.Seeds.Count > 0 ? (target.Seeds, target.SeedsKey) : (options.ClusterNodes, "database.redis.cluster_nodes");
        if (target.IsCluster && target.Url is null && seeds.Count > 0)
            return FromServers(options, seeds, seedsKey, RedisAddress.DefaultPort, isCluster: true);
        if (target.Url is { } own)
            return FromServers(options, [own], target.UrlKey, RedisAddress.DefaultPort, target.IsCluster);
        var settings = options.Url is { } url
            ? FromServers(options, [url], "database.redis.url", options.Port, target.IsCluster)
            : FromServers(options, [HostAndPort(options)], "database.redis.host, database.redis.port", options.Port, target.IsCluster);
        return target.IsCluster || options.Sentinels.Count == 0 ? settings : settings with
        {
            Sentinels = [.. options.Sentinels.Select(static text => AddressOf(text, "database.redis.sentinels", 26379))],
            AddressKeys = "database.redis.sentinels, database.redis.name",
        };
    }

    // Each server is host:port or a URL; credentials and TLS are those of the first one that names some.
    private static RedisSettings FromServers(RedisOptions options, IReadOnlyList<string> servers, string key, int defaultPort, bool isCluster)
    {
        var addresses = new List<RedisAddress>();
        string? user = null, password = null;
        int? database = null;
        var usesTls = options.Tls.Enabled;
        foreach (var server in servers)
        {
            if (!server.Contains("://", StringComparison.Ordinal))
            {
                addresses.Add(AddressOf(server, key, defaultPort));
                continue;
            }

            // The URL itself is not part of the message: it may hold a password.
            if (!Uri.TryCreate(server.Trim(), UriKind.Absolute, out var url) || url.Scheme is not ("redis" or "rediss") || url.Host.Length == 0)
                throw new BackendException($"{key} is no URL of a Redis server: redis://user:password@host:port/database", isPermanent: true);
            addresses.Add(new RedisAddress(url.Host.Trim('[', ']'), url.Port > 0 ? url.Port : defaultPort));
            usesTls |= url.Scheme == "rediss";
            var colon = url.UserInfo.IndexOf(':', StringComparison.Ordinal);
            user ??= NullIfEmpty(Uri.UnescapeDataString(colon < 0 ? url.UserInfo : url.UserInfo[..colon]));
            password ??= NullIfEmpty(Uri.UnescapeDataString(colon < 0 ? "" : url.UserInfo[(colon + 1)..]));
            if (int.TryParse(Uri.UnescapeDataString(url.AbsolutePath.Trim('/')), out var number))
                database ??= number;
        }

        return new RedisSettings
        {
            Servers = addresses,
            Sentinels = [],
            AddressKeys = key,
            CredentialKeys = password is null ? "database.redis.username, database.redis.password" : key,
            IsCluster = isCluster,
            Username = user ?? NullIfEmpty(options.Username),
            Password = password ?? NullIfEmpty(options.Password),
            Database = isCluster ? 0 : database ?? options.Db,
            UsesTls = usesTls,
            Options = options,
        };
    }

    private static string HostAndPort(RedisOptions options) => new RedisAddress(options.Host.Trim('[', ']'), options.Port).ToString();

    private static string? NullIfEmpty(string? text) => string.IsNullOrEmpty(text) ? null : text;

    private static RedisAddress AddressOf(string text, string key, int defaultPort) =>
        RedisAddress.Parse(text.Trim(), defaultPort) ?? throw new BackendException($"{key} names a server that is not host:port; with user and password it is redis://user:password@host:port", isPermanent: true);
}
