namespace Sockudo.Server.Options;

/// <summary>A Redis server named by its URL.</summary>
public sealed record RedisUrlOptions
{
    /// <summary>URL of the Redis server; null = that of <c>database.redis</c>.</summary>
    public string? Url { get; init; }
}
