namespace Sockudo.Server.Options;

/// <summary>Section <c>cache</c> of the configuration.</summary>
public sealed record CacheOptions
{
    /// <summary>Where cache channels keep their last event.</summary>
    public CacheDriver Driver { get; init; }

    /// <summary>Section <c>cache.redis</c>.</summary>
    public RedisComponentOptions Redis { get; init; } = new();

    /// <summary>Section <c>cache.memory</c>.</summary>
    public CacheMemoryOptions Memory { get; init; } = new();
}
