namespace Sockudo.Server.Limits;

/// <summary>
/// Counts what is limited for the whole deployment: requests per client address, events per app. Limits of a single
/// connection are not its affair. Safe from any thread.
/// </summary>
public interface IRateLimiter
{
    /// <summary>
    /// A fixed window that begins with the first request counted: exactly <paramref name="limit"/> requests pass in it;
    /// refused ones are not counted and extend nothing (storage.md 4.1).
    /// </summary>
    ValueTask<RateLimitDecision> AcquireWindowAsync(string key, int limit, TimeSpan window, CancellationToken cancellationToken);

    /// <summary>
    /// A token bucket with capacity and rate of <paramref name="perSecond"/>: all <paramref name="permits"/> or none
    /// (storage.md 4.2).
    /// </summary>
    ValueTask<RateLimitDecision> AcquireTokensAsync(string key, int perSecond, int permits, CancellationToken cancellationToken);
}
