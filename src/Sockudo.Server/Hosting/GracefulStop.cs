using Microsoft.Extensions.Logging;
using Sockudo.Protocol;
using Sockudo.Server.Connections;
using Sockudo.Server.Health;
using Sockudo.Server.Options;

namespace Sockudo.Server.Hosting;

/// <summary>
/// Sends all clients away before the process ends (operations.md 4): not ready, no new connections, then 4200 to everybody
/// in paced waves, so that the other nodes are not stormed.
/// </summary>
internal sealed partial class GracefulStop(
    ConnectionRegistry connections, PendingHandshakes handshakes, NodeHealth health, SockudoOptions options, TimeProvider time, ILogger logger)
{
    private const int WavesPerSecond = 20;
    private const int LeastPerSecond = 200;

    // The share of the grace period over which the waves are spread.
    private const double Spread = 0.7;

    /// <summary>Returns when all connections have ended, at the latest after the grace period.</summary>
    /// <param name="hurry">Ends the waiting early; what is still open is cut off.</param>
    public async Task RunAsync(CancellationToken hurry)
    {
        health.IsDraining = true;
        var grace = TimeSpan.FromSeconds(options.ShutdownGracePeriod);
        LogDraining(logger, connections.Count, options.ShutdownGracePeriod);
        using var deadline = new CancellationTokenSource(grace, time);
        using var end = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, hurry);
        try
        {
            end.Token.ThrowIfCancellationRequested();
            // Again, for whoever was being admitted when the first list was made; those who have been told are not told twice.
            while (connections.Count > 0)
            {
                await SendAwayAsync(grace, end.Token).ConfigureAwait(false);
                await Task.Delay(TimeSpan.FromMilliseconds(20), time, end.Token).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException)
        {
            // The time is over.
        }

        var open = connections.ToList();
        foreach (var connection in open)
            connection.Abort();
        handshakes.AbortAll();
        LogDrained(logger, open.Count);
    }

    private async Task SendAwayAsync(TimeSpan grace, CancellationToken end)
    {
        var all = connections.ToList().FindAll(static connection => connection.IsOpen);
        var perSecond = Math.Max(LeastPerSecond, all.Count / (Spread * grace.TotalSeconds));
        var perWave = (int)Math.Ceiling(perSecond / WavesPerSecond);
        for (var i = 0; i < all.Count; i++)
        {
            if (i > 0 && i % perWave == 0)
                await Task.Delay(TimeSpan.FromSeconds(1.0 / WavesPerSecond), time, end).ConfigureAwait(false);
            all[i].Close(PusherError.ReconnectImmediately);
        }
    }

    [LoggerMessage(1, LogLevel.Information, "stopping: sending connections away  connections={Connections} grace_seconds={GraceSeconds}")]
    private static partial void LogDraining(ILogger logger, int connections, int graceSeconds);

    [LoggerMessage(2, LogLevel.Information, "connections have ended  cut_off={CutOff}")]
    private static partial void LogDrained(ILogger logger, int cutOff);
}
