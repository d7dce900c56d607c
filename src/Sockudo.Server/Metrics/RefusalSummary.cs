using Microsoft.Extensions.Logging;

namespace Sockudo.Server.Metrics;

/// <summary>
/// Tells the log once a minute what clients were refused meanwhile, if anything: one line for however many, because a line for
/// each would let clients fill the log.
/// </summary>
internal sealed partial class RefusalSummary(ServerMetrics metrics, ILogger logger)
{
    private const int Interval = 60_000;

    private long _next = Interval;
    private long _slowConsumers;
    private long _rateLimited;

    /// <summary>Called with every beat.</summary>
    /// <param name="now">Milliseconds of the coarse clock.</param>
    public void Beat(long now)
    {
        if (now < _next)
            return;
        _next = now + Interval;
        var apps = metrics.Apps;
        var slowConsumers = apps.Sum(static app => app.SlowConsumers);
        if (slowConsumers > _slowConsumers)
            LogSlowConsumers(logger, slowConsumers - _slowConsumers);
        var rateLimited = apps.Sum(static app => Enum.GetValues<RateLimiterType>().Sum(app.RateLimitRefusals));
        if (rateLimited > _rateLimited)
            LogRateLimited(logger, rateLimited - _rateLimited);
        (_slowConsumers, _rateLimited) = (slowConsumers, rateLimited);
    }

    [LoggerMessage(1, LogLevel.Warning, "connections were closed because they read too slowly (websocket.max_pending_bytes)  in_the_last_minute={InTheLastMinute}")]
    private static partial void LogSlowConsumers(ILogger logger, long inTheLastMinute);

    [LoggerMessage(2, LogLevel.Warning, "rate limits refused connections, requests or client events  in_the_last_minute={InTheLastMinute}")]
    private static partial void LogRateLimited(ILogger logger, long inTheLastMinute);
}
