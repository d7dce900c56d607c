using System.Globalization;
using Sockudo.Server.Apps;
using Sockudo.Server.Limits;
using Sockudo.Server.Metrics;

namespace Sockudo.Server.Http;

/// <summary>The limits per app and second (storage.md 4.2), asked after authentication and validation.</summary>
internal sealed class AppRates(IRateLimiter limiter)
{
    /// <summary>Charges a request with its events, all or none; null, or the refusal.</summary>
    public ValueTask<ApiResponse?> AcquireEventsAsync(AppScope app, int events, CancellationToken cancellationToken) => AcquireAsync(
        app, "events", "max_backend_events_per_second", app.Limits.MaxBackendEventsPerSecond, events, RateLimiterType.BackendEvent, cancellationToken);

    /// <summary>Charges one GET request; null, or the refusal.</summary>
    public ValueTask<ApiResponse?> AcquireReadAsync(AppScope app, CancellationToken cancellationToken) => AcquireAsync(
        app, "reads", "max_read_requests_per_second", app.Limits.MaxReadRequestsPerSecond, 1, RateLimiterType.ReadRequest, cancellationToken);

    private ValueTask<ApiResponse?> AcquireAsync(
        AppScope app, string name, string field, int limit, int permits, RateLimiterType type, CancellationToken cancellationToken) =>
        limit == int.MaxValue ? default : AskAsync(app, name, field, limit, permits, type, cancellationToken);

    private async ValueTask<ApiResponse?> AskAsync(
        AppScope app, string name, string field, int limit, int permits, RateLimiterType type, CancellationToken cancellationToken)
    {
        var decision = await limiter.AcquireTokensAsync($"app:{app.App.Id}:{name}", limit, permits, cancellationToken).ConfigureAwait(false);
        app.Counters.RateLimitChecked(type, decision);
        if (decision.IsAllowed)
            return null;
        if (decision.IsUnanswered)
            return ApiResponse.LimiterUnavailable;
        var refusal = ApiResponse.Error(429, $"Rate limit exceeded: {field} ({limit})");
        // What is larger than the bucket can never pass: no time to come back at.
        return permits > limit
            ? refusal
            : refusal with { Headers = [new("retry-after", decision.ResetSeconds.ToString(CultureInfo.InvariantCulture))] };
    }
}
