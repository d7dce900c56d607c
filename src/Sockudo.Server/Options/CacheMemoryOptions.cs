namespace Sockudo.Server.Options;

/// <summary>Section <c>cache.memory</c> of the configuration.</summary>
public sealed record CacheMemoryOptions
{
    /// <summary>Seconds, the upper bound for the life of any entry; 0 = no bound.</summary>
    public int Ttl { get; init; }

    /// <summary>Seconds between removals of expired entries.</summary>
    public int CleanupInterval { get; init; } = 60;

    /// <summary>Entries; beyond, the least recently used goes.</summary>
    public int MaxCapacity { get; init; } = 10_000;
}
