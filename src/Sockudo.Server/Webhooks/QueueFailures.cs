using Microsoft.Extensions.Logging;
using Sockudo.Server.Backends;

namespace Sockudo.Server.Webhooks;

/// <summary>
/// What a loop does when the queue fails: it waits and goes on, whatever it was. A loop that ends is the end of all webhooks until somebody starts the server again. Belongs to one loop.
/// </summary>
/// <param name="purpose">What the queue was to do.</param>
/// <param name="time">The clock.</param>
/// <param name="logger"><c>sockudo.webhook</c>.</param>
internal sealed partial class QueueFailures(string purpose, TimeProvider time, ILogger logger)
{
    private int _count;

    /// <summary>The queue does what it is asked for.</summary>
    public void Over() => _count = 0;

    /// <summary>Completes when it is time to ask again. A backend that is away has told so itself; anything else is told here.</summary>
    public Task PauseAfterAsync(Exception exception, CancellationToken stopping)
    {
        if (exception is not BackendException)
            LogFailed(logger, purpose, exception);
        return Task.Delay(ReconnectPause.After(++_count), time, stopping);
    }

    [LoggerMessage(1, LogLevel.Error, "the webhook queue failed in a way that nobody expects; it is asked again  purpose={Purpose}")]
    private static partial void LogFailed(ILogger logger, string purpose, Exception exception);
}
