using Sockudo.Server.Options;

namespace Sockudo.Server.Webhooks;

/// <summary>How long a webhook waits for its next attempt.</summary>
internal static class RetryPause
{
    /// <summary>"min(initial_delay_ms x 2^(n-1), max_delay_ms), varied by +-20 %", or longer if the target asks for it.</summary>
    /// <param name="attempts">Attempts so far.</param>
    /// <param name="wanted">What the target asks for.</param>
    /// <param name="options">Section <c>webhooks.retry</c>.</param>
    public static TimeSpan After(int attempts, TimeSpan? wanted, WebhooksRetryOptions options)
    {
        var delay = Math.Min(options.InitialDelayMs * Math.Pow(2, Math.Min(attempts - 1, 30)), options.MaxDelayMs) * (0.8 + (0.4 * Random.Shared.NextDouble()));
        return TimeSpan.FromMilliseconds(wanted?.TotalMilliseconds is { } asked && asked > delay ? Math.Min(asked, options.MaxDelayMs) : delay);
    }
}
