using Sockudo.Server.Metrics;
using Sockudo.Server.Options;

namespace Sockudo.Server.Limits;

/// <summary>One of the two limits per client address: requests to the HTTP API, or WebSocket connects (storage.md 4.1).</summary>
internal sealed class AddressLimiter
{
    private readonly IRateLimiter _limiter;
    private readonly RateLimitOptions _limit;
    private readonly TimeSpan _window;
    private readonly AppCounters _counters;
    private readonly RateLimiterType _type;

    private AddressLimiter(
        IRateLimiter limiter, RateLimiterOptions options, RateLimitOptions limit, AppCounters counters, RateLimiterType type)
    {
        _limiter = limiter;
        _limit = limit;
        IsEnabled = options.Enabled && options.Driver != RateLimiterDriver.None && limit.MaxRequests > 0;
        _window = TimeSpan.FromSeconds(limit.WindowSeconds);
        _counters = counters;
        _type = type;
    }

    /// <summary>Whether anything is limited; if not, nobody needs to find out an address.</summary>
    public bool IsEnabled { get; }

    /// <summary>The limit on requests under <c>/apps/</c>.</summary>
    public static AddressLimiter ForApi(IRateLimiter limiter, SockudoOptions options, AppCounters counters) => new(
        limiter, options.RateLimiter, options.RateLimiter.ApiRateLimit, counters, RateLimiterType.Api);

    /// <summary>The limit on upgrades of <c>/app/{key}</c>.</summary>
    public static AddressLimiter ForConnects(IRateLimiter limiter, SockudoOptions options, AppCounters counters) => new(
        limiter, options.RateLimiter, options.RateLimiter.WebsocketRateLimit, counters, RateLimiterType.WebsocketConnect);

    /// <summary>Counts one request of a client.</summary>
    /// <param name="address">The client, as of <see cref="ClientAddress.Resolve"/>.</param>
    /// <param name="cancellationToken">Gives up on a backend that does not answer.</param>
    public async ValueTask<RateLimitDecision> AcquireAsync(string address, CancellationToken cancellationToken)
    {
        if (!IsEnabled)
            return RateLimitDecision.Unlimited;
        var decision = await _limiter
            .AcquireWindowAsync($"{_limit.Identifier}:{address}", _limit.MaxRequests, _window, cancellationToken)
            .ConfigureAwait(false);
        _counters.RateLimitChecked(_type, decision);
        return decision;
    }
}
