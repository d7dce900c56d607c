namespace Sockudo.Server.Options;

/// <summary>A component that keeps something in Redis.</summary>
public sealed record RedisComponentOptions
{
    /// <summary>Key prefix; default <c>{database.redis.key_prefix}</c> and the name of the component.</summary>
    public string? Prefix { get; init; }

    /// <summary>Redis of this component if it is not that of <c>database.redis</c>.</summary>
    public string? UrlOverride { get; init; }

    /// <summary>Behave as <c>redis-cluster</c>.</summary>
    public bool ClusterMode { get; init; }
}
