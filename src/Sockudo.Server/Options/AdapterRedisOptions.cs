namespace Sockudo.Server.Options;

/// <summary>Section <c>adapter.redis</c> of the configuration.</summary>
public sealed record AdapterRedisOptions
{
    /// <summary>Prefix of pub/sub channel names; default <c>{database.redis.key_prefix}adapter</c>.</summary>
    public string? Prefix { get; init; }

    /// <summary>Milliseconds to wait for another node's answer.</summary>
    public int RequestsTimeout { get; init; } = 5000;

    /// <summary>Section <c>adapter.redis.redis_pub_options</c>.</summary>
    public RedisUrlOptions RedisPubOptions { get; init; } = new();

    /// <summary>Section <c>adapter.redis.redis_sub_options</c>.</summary>
    public RedisUrlOptions RedisSubOptions { get; init; } = new();

    /// <summary>Behave as <c>redis-cluster</c>.</summary>
    public bool ClusterMode { get; init; }
}
