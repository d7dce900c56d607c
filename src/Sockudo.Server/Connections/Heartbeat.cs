using Microsoft.Extensions.Logging;
using Sockudo.Server.Channels;
using Sockudo.Server.Metrics;

namespace Sockudo.Server.Connections;

/// <summary>
/// The one loop that owns every deadline of every connection: activity, pong, sign-in, closing, half-open handshakes, and
/// the delayed subscription counts. It beats four times a second and walks a quarter of the connections each time, so
/// that a deadline is met within a second and no connection needs a timer.
/// </summary>
internal sealed partial class Heartbeat(
    TimeProvider time,
    CoarseClock clock,
    ConnectionRegistry connections,
    PendingHandshakes handshakes,
    Hub hub,
    SubscriptionCounts counts,
    RefusalSummary refusals,
    ILogger logger)
{
    private const int BeatsPerSecond = 4;

    private readonly List<Connection> _walk = [];
    private int _beat;

    /// <summary>Beats until cancelled.</summary>
    public async Task RunAsync(CancellationToken stopping)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(1.0 / BeatsPerSecond), time);
        try
        {
            while (await timer.WaitForNextTickAsync(stopping).ConfigureAwait(false))
                Beat();
        }
        catch (OperationCanceledException)
        {
            // Asked to stop.
        }
    }

    private void Beat()
    {
        try
        {
            clock.Advance();
            var now = clock.Now;
            handshakes.AbortExpired(now);
            counts.SendDue(hub, now);
            refusals.Beat(now);
            for (var stripe = _beat++ % BeatsPerSecond; stripe < ConnectionRegistry.Stripes; stripe += BeatsPerSecond)
            {
                connections.CopyStripe(stripe, _walk);
                foreach (var connection in _walk)
                    connection.Tick(now);
            }

            _walk.Clear();
        }
        catch (Exception exception)
        {
            // A beat that fails must not be the last one.
            LogBeatFailed(logger, exception);
        }
    }

    [LoggerMessage(1, LogLevel.Error, "A beat of the connection clock failed; the next one goes on")]
    private static partial void LogBeatFailed(ILogger logger, Exception exception);
}
