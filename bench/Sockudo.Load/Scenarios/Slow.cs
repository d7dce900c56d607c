using System.Diagnostics;
using Sockudo.Load.Engine;
using Sockudo.Load.Reports;

namespace Sockudo.Load.Scenarios;

/// <summary>
/// Some subscribers never read. The server must cut them off before they cost it memory, and the others must not notice: a round is
/// the same fan-out twice, without them and with new ones.
/// </summary>
internal sealed class Slow : IScenario
{
    // So little that they are a burden to the server soon, and not only to the kernel.
    private const int ReceiveBuffer = 4096;
    private static readonly TimeSpan Settle = TimeSpan.FromSeconds(1);
    private static readonly string[] Compared = ["deliveries", "latency p50", "latency p99", "latency p99.9", "latency max"];

    private readonly ServerUnderLoad _server;
    private readonly int _neverReading;
    private readonly int _payloadBytes;
    private readonly EventLoop _loop = new();
    private readonly FanOut _fanOut;

    /// <param name="server">The server.</param>
    /// <param name="subscribers">All subscribers of the channel.</param>
    /// <param name="percent">How many of them never read.</param>
    /// <param name="payloadBytes">Bytes of an event's data.</param>
    /// <param name="pace">How fast to publish.</param>
    public Slow(ServerUnderLoad server, int subscribers, double percent, int payloadBytes, Pace pace)
    {
        _server = server;
        _payloadBytes = payloadBytes;
        _neverReading = (int)(subscribers * percent / 100);
        _fanOut = new FanOut(server, _loop, new FanOutShape(1, subscribers - _neverReading, payloadBytes), pace);
    }

    public RoundResult WarmUp(TimeSpan duration) => _fanOut.Run(duration);

    public RoundResult Run(TimeSpan duration)
    {
        var without = _fanOut.Run(duration);
        using var silent = new ConnectionPool(_server, _loop, Unheeded.Instance) { ReceiveBuffer = ReceiveBuffer };
        silent.Open(_neverReading);
        silent.Subscribe(static _ => FanOutShape.Channel(0));
        foreach (var connection in silent.Connections)
            connection.StopReading();
        var with = _fanOut.Run(duration);
        var resident = _server.Meter?.ResidentBytes;

        var result = new RoundResult();
        foreach (var name in Compared)
        {
            var (a, b) = (without.Figure(name), with.Figure(name));
            result.Add($"{name} without them", a.Value, a.Unit);
            result.Add($"{name} with them", b.Value, b.Unit);
        }

        result.Add("p99 with / without", with.Figure("latency p99").Value / Math.Max(1, without.Figure("latency p99").Value), "");
        result.Add("never reading", _neverReading, "");
        result.Add("unread by each of them", with.Figure("publishes").Value * duration.TotalSeconds * _payloadBytes / 1024, "KiB");
        result.Add("of them cut off", CountCutOff(silent), "");
        if (resident is { } bytes)
            result.Add("resident with them", bytes / 1024.0, "KiB");
        result.Faults.AddRange(without.Faults);
        result.Faults.AddRange(with.Faults);
        return result;
    }

    public void Dispose() => _fanOut.Dispose();

    // Only who reads to the end learns that it has been cut off.
    private int CountCutOff(ConnectionPool silent)
    {
        foreach (var connection in silent.Connections)
            connection.ResumeReading();
        var started = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(started) < Settle)
            _loop.Poll(100);
        return silent.Connections.Count(static connection => connection.IsClosed);
    }
}
