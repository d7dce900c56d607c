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

    /// <summary>Where the nodes of a cluster meet (configuration.md 3.3), for the drivers <c>redis</c> and <c>redis-cluster</c>.</summary>
    /// <param name="adapter">Section <c>adapter</c>.</param>
    /// <param name="redis">Section <c>database.redis</c>.</param>
    public static RedisTarget OfAdapter(AdapterOptions adapter, RedisOptions redis)
    {
        ArgumentNullException.ThrowIfNull(adapter);
        var ofClusterDriver = adapter.Driver == AdapterDriver.RedisCluster;
        return new RedisTarget
        {
            Options = redis,
            Url = ofClusterDriver ? null : adapter.Redis.RedisPubOptions.Url,
            UrlKey = "adapter.redis.redis_pub_options.url",
            IsCluster = ofClusterDriver || adapter.Redis.ClusterMode,
            Seeds = ofClusterDriver ? adapter.Cluster.Nodes : [],
            SeedsKey = "adapter.cluster.nodes",
        };
    }

    /// <summary>Where webhook jobs wait (configuration.md 3.8), for the drivers <c>redis</c> and <c>redis-cluster</c>.</summary>
    /// <param name="queue">Section <c>queue</c>.</param>
    /// <param name="redis">Section <c>database.redis</c>.</param>
    public static RedisTarget OfQueue(QueueOptions queue, RedisOptions redis)
    {
        ArgumentNullException.ThrowIfNull(queue);
        ArgumentNullException.ThrowIfNull(redis);
        var isOwnCluster = queue.Driver == QueueDriver.RedisCluster;
        return new RedisTarget
        {
            Options = isOwnCluster ? redis with { CommandTimeoutMs = queue.RedisCluster.RequestTimeoutMs } : redis,
            Url = isOwnCluster ? null : queue.Redis.UrlOverride,
            UrlKey = "queue.redis.url_override",
            IsCluster = isOwnCluster || queue.Redis.ClusterMode,
            Seeds = isOwnCluster ? queue.RedisCluster.Nodes : [],
            SeedsKey = "queue.redis_cluster.nodes",
        };
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
