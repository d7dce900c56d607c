using System.Diagnostics;
using Sockudo.Load.Engine;
using Sockudo.Load.Metering;
using Sockudo.Load.Reports;

namespace Sockudo.Load.Scenarios;

/// <summary>
/// Publishes at a fixed rate and visitors, for a long time, while the server's memory is watched: it must not grow. Samples are taken
/// every second; the median of the last third may be above that of the first by <see cref="Share"/> and <see cref="Slack"/>.
/// </summary>
internal sealed class Soak : IScenario
{
    /// <summary>A garbage collected heap breathes: a tenth is no leak.</summary>
    private const double Share = 0.1;

    /// <summary>Bytes that a small server may add to that: blocks that pools and collector take at a time.</summary>
    private const long Slack = 8 * 1024 * 1024;

    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Settle = TimeSpan.FromSeconds(3);

    private readonly ServerUnderLoad _server;
    private readonly int _visitorsAtOnce;
    private readonly EventLoop _loop = new();
    private readonly FanOut _fanOut;
    private readonly Visitors _visitors;
    private readonly List<double> _samples = [];
    private long _sampled;

    /// <param name="server">The server, which must be metered.</param>
    /// <param name="shape">Channels and subscribers of the publishes.</param>
    /// <param name="rate">Publishes per second.</param>
    /// <param name="visitorsAtOnce">Visitors at any time.</param>
    public Soak(ServerUnderLoad server, FanOutShape shape, double rate, int visitorsAtOnce)
    {
        (_server, _visitorsAtOnce) = (server, visitorsAtOnce);
        _visitors = new Visitors(server, _loop, "soak");
        _fanOut = new FanOut(server, _loop, shape, new Pace(Window: 1, rate)) { Meanwhile = Continue };
    }

    /// <summary>Memory may grow as long as code is still being compiled.</summary>
    public RoundResult WarmUp(TimeSpan duration) => _fanOut.Run(duration);

    public RoundResult Run(TimeSpan duration)
    {
        _visitors.Reset();
        _samples.Clear();
        var before = _server.RequiredMeter.ResidentBytes;
        var load = _fanOut.Run(duration);
        var end = WaitForCalm();

        var result = new RoundResult();
        // The server's CPU is that of publishes and visits together: it says nothing about either.
        result.Figures.AddRange(load.Figures.Where(static figure => !figure.Name.StartsWith(RoundMeter.CpuPer, StringComparison.Ordinal)));
        result.Faults.AddRange(load.Faults);
        result.Add("visits", _visitors.Visits / duration.TotalSeconds, "/s");
        result.AddFault("visitors closed by the server", _visitors.Refused);
        result.Add("resident before", before / 1024.0, "KiB");
        result.Add("resident at most", _samples.DefaultIfEmpty().Max() / 1024, "KiB");
        result.Add("resident after", end / 1024.0, "KiB");
        AddGrowth(result);
        return result;
    }

    public void Dispose()
    {
        _visitors.Dispose();
        _fanOut.Dispose();
    }

    private void Continue()
    {
        _visitors.Admit(_visitorsAtOnce);
        if (Stopwatch.GetElapsedTime(_sampled) < Interval)
            return;
        _sampled = Stopwatch.GetTimestamp();
        _samples.Add(_server.RequiredMeter.ResidentBytes);
    }

    private void AddGrowth(RoundResult result)
    {
        if (_samples.Count < 3)
            return;
        var third = _samples.Count / 3;
        var first = FigureSummary.MedianOf(_samples[..third]);
        var last = FigureSummary.MedianOf(_samples[^third..]);
        result.Add("first third, median", first / 1024, "KiB");
        result.Add("last third, median", last / 1024, "KiB");
        if (last > (first * (1 + Share)) + Slack)
            result.Faults.Add($"memory grew from {Table.Number(first / 1024)} KiB to {Table.Number(last / 1024)} KiB");
    }

    private long WaitForCalm()
    {
        var started = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(started) < Settle)
        {
            _loop.Poll(100);
            _visitors.Admit(0);
        }

        return _server.RequiredMeter.ResidentBytes;
    }
}
