namespace Sockudo.Server.Options;

/// <summary>A limit per client address: a number of requests in a window.</summary>
public sealed record RateLimitOptions
{
    /// <summary>Requests per client address and window; 0 = no limit.</summary>
    public int MaxRequests { get; init; }

    /// <summary>Seconds of the window.</summary>
    public int WindowSeconds { get; init; } = 60;

    /// <summary>Part of the counter's key.</summary>
    public string Identifier { get; init; } = "";

    /// <summary>Trusted proxies in front.</summary>
    public int TrustHops { get; init; }
}
