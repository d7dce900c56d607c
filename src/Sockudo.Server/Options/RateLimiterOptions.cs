namespace Sockudo.Server.Options;

/// <summary>Section <c>rate_limiter</c> of the configuration.</summary>
public sealed record RateLimiterOptions
{
    /// <summary>The two limits per client address.</summary>
    public bool Enabled { get; init; }

    /// <summary>Where requests are counted; <c>none</c> = not enabled.</summary>
    public RateLimiterDriver Driver { get; init; }

    /// <summary>Backend lost while running: let pass and count, else 503.</summary>
    public bool FailOpen { get; init; } = true;

    /// <summary>Section <c>rate_limiter.api_rate_limit</c>.</summary>
    public RateLimitOptions ApiRateLimit { get; init; } = new() { MaxRequests = 100, Identifier = "api" };

    /// <summary>Section <c>rate_limiter.websocket_rate_limit</c>.</summary>
    public RateLimitOptions WebsocketRateLimit { get; init; } = new() { MaxRequests = 20, Identifier = "websocket_connect" };

    /// <summary>Section <c>rate_limiter.redis</c>.</summary>
    public RedisComponentOptions Redis { get; init; } = new();
}
