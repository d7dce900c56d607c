using System.Diagnostics;
using Sockudo.Load.Engine;
using Sockudo.Load.Metering;
using Sockudo.Load.Reports;

namespace Sockudo.Load.Scenarios;

/// <summary>
/// Visits, over and over, to a channel on which others may be held all the time: what a visit costs, whether that depends on how many
/// are there, and whether anything stays behind.
/// </summary>
internal sealed class Churn : IScenario
{
    private const string Channel = "churn";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private readonly ServerUnderLoad _server;
    private readonly int _concurrency;
    private readonly EventLoop _loop = new();
    private readonly ConnectionPool _held;
    private readonly Visitors _visitors;

    /// <param name="server">The server.</param>
    /// <param name="concurrency">Visitors at any time.</param>
    /// <param name="held">Subscribers that stay on the channel.</param>
    public Churn(ServerUnderLoad server, int concurrency, int held)
    {
        (_server, _concurrency) = (server, concurrency);
        _visitors = new Visitors(server, _loop, Channel);
        _held = new ConnectionPool(server, _loop, Unheeded.Instance);
        _held.Open(held);
        _held.Subscribe(static _ => Channel);
    }

    public RoundResult Run(TimeSpan duration)
    {
        _visitors.Reset();
        var before = _server.Meter?.ResidentBytes;
        var meter = new RoundMeter(_server.Meter);
        var started = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(started) < duration)
        {
            _visitors.Admit(_concurrency);
            _loop.Poll(100);
        }

        var quiet = Stopwatch.GetTimestamp();
        while (_visitors.Present > 0 && Stopwatch.GetElapsedTime(quiet) < Patience)
        {
            _loop.Poll(100);
            _visitors.Admit(0);
        }

        meter.Stop();
        var result = new RoundResult();
        meter.AddRate(result, "visits", _visitors.Visits);
        meter.AddCpuPer(result, "visit", _visitors.Visits);
        meter.AddLoad(result);
        result.AddLatency("visit", _visitors.Latency);
        if (before is { } bytes)
        {
            result.Add("resident before", bytes / 1024.0, "KiB");
            result.Add("resident after", _server.Meter!.ResidentBytes / 1024.0, "KiB");
        }

        result.AddFault("closed by the server", _visitors.Refused);
        result.AddFault("not served", _visitors.Present);
        return result;
    }

    public void Dispose()
    {
        _visitors.Dispose();
        _held.Dispose();
        _loop.Dispose();
    }
}
