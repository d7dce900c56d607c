using Sockudo.Server.Options;

namespace Sockudo.Redis;

/// <summary>Which Redis a component uses, as the configuration says it (configuration.md 3.6).</summary>
public sealed record RedisTarget
{
    /// <summary>The Redis of a component that may have a URL of its own.</summary>
    /// <param name="redis">Section <c>database.redis</c>.</param>
    /// <param name="component">The component's section <c>redis</c>.</param>
    /// <param name="section">Its path, for messages.</param>
    /// <param name="isCluster">The component's driver is <c>redis-cluster</c>.</param>
    public static RedisTarget Of(RedisOptions redis, RedisComponentOptions component, string section, bool isCluster)
    {
        ArgumentNullException.ThrowIfNull(component);
        return new RedisTarget { Options = redis, Url = component.UrlOverride, UrlKey = $"{section}.url_override", IsCluster = isCluster || component.ClusterMode };
    }

    /// <summary>Section <c>database.redis</c>, which has what a URL leaves out.</summary>
    public required RedisOptions Options { get; init; }

    /// <summary>
    /// The component's own URL, for a server other than that of <c>database.redis</c>: then neither the section's address nor its Sentinels count, but
    /// still its credentials, where the URL has none, and its TLS files.
    /// </summary>
    public string? Url { get; init; }

    /// <summary>The key that <see cref="Url"/> comes from, for messages.</summary>
    public string UrlKey { get; init; } = "database.redis.url";

    /// <summary>Redis Cluster, and nothing else; false: a single server, or what the Sentinels say is the master.</summary>
    public bool IsCluster { get; init; }

    /// <summary>
    /// The component's own seed nodes of a cluster, <c>host:port</c> or URL. Empty: those of <c>database.redis.cluster_nodes</c>, and without any
    /// the single server of the section.
    /// </summary>
    public IReadOnlyList<string> Seeds { get; init; } = [];

    /// <summary>The key that <see cref="Seeds"/> come from, for messages.</summary>
    public string SeedsKey { get; init; } = "database.redis.cluster_nodes";
}
