using Microsoft.Extensions.Logging;

namespace Sockudo.Server.Backends;

/// <summary>Starts what depends on a backend, and tries again for a while if that cannot be reached: services of one deployment start in no order.</summary>
/// <param name="timeout">How long; zero = one attempt.</param>
/// <param name="time">The clock.</param>
/// <param name="logger">Is told of each attempt that failed.</param>
internal sealed partial class StartupRetry(TimeSpan timeout, TimeProvider time, ILogger logger)
{
    private static readonly TimeSpan LongestDelay = TimeSpan.FromSeconds(2);

    /// <summary>Starts one component.</summary>
    /// <param name="component">Its name, as in metrics and <c>/up</c>.</param>
    /// <param name="start">One attempt; may be made again after it has failed.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="BackendException">The last attempt's, or the first that no other attempt can mend.</exception>
    public async Task RunAsync(string component, Func<CancellationToken, Task> start, CancellationToken cancellationToken)
    {
        var began = time.GetTimestamp();
        for (var delay = TimeSpan.FromMilliseconds(250); ; delay = delay * 2 < LongestDelay ? delay * 2 : LongestDelay)
        {
            try
            {
                await start(cancellationToken).ConfigureAwait(false);
                return;
            }
            catch (BackendException exception) when (!exception.IsPermanent && time.GetElapsedTime(began) + delay < timeout)
            {
                LogFailed(logger, component, exception.Message, delay.TotalSeconds);
            }
            catch (BackendException exception)
            {
                throw new BackendException($"{component}: {exception.Message}", exception.IsPermanent, exception);
            }

            await Task.Delay(delay, time, cancellationToken).ConfigureAwait(false);
        }
    }

    [LoggerMessage(1, LogLevel.Warning, "a backend cannot be reached yet; trying again  component={Component} reason={Reason} delay_seconds={DelaySeconds}")]
    private static partial void LogFailed(ILogger logger, string component, string reason, double delaySeconds);
}
