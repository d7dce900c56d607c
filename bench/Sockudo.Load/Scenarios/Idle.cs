using System.Diagnostics;
using System.Globalization;
using Sockudo.Load.Engine;
using Sockudo.Load.Metering;
using Sockudo.Load.Reports;

namespace Sockudo.Load.Scenarios;

/// <summary>Connections that say nothing: what memory each of them costs the server, and what CPU all of them.</summary>
/// <param name="server">The server, which must be metered.</param>
/// <param name="connections">Connections at the end.</param>
/// <param name="subscribe">Subscribe each to one channel.</param>
internal sealed class Idle(ServerUnderLoad server, int connections, bool subscribe) : IScenario
{
    private const int Steps = 5;
    private const int First = 200;
    private static readonly TimeSpan Settle = TimeSpan.FromSeconds(1);

    private readonly EventLoop _loop = new();
    private readonly ProcessMeter _meter = server.RequiredMeter;

    /// <summary>
    /// Connections that come and go, so that what is made once is not charged to those that count. They are no more than the
    /// measurement's first step: memory that they leave behind would be used by the others, and make them look cheaper.
    /// </summary>
    public RoundResult WarmUp(TimeSpan duration)
    {
        var started = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(started) < duration)
        {
            using var pool = new ConnectionPool(server, _loop, Unheeded.Instance);
            pool.Open(First);
            if (subscribe)
                pool.Subscribe(static _ => "idle");
        }

        return new RoundResult();
    }

    public RoundResult Run(TimeSpan duration)
    {
        var result = new RoundResult();
        using var pool = new ConnectionPool(server, _loop, Unheeded.Instance);
        WaitFor(Settle);
        var points = new List<(double Count, double Bytes)> { (0, _meter.ResidentBytes) };
        AddResident(result, 0);
        var opening = new RoundMeter(_meter);
        for (var step = 1; step <= Steps; step++)
        {
            var count = connections * step / Steps;
            pool.Open(count - pool.Connections.Count);
            if (subscribe)
                pool.Subscribe(static _ => "idle");
            if (step == Steps)
                opening.Stop();
            WaitFor(Settle);
            points.Add((count, _meter.ResidentBytes));
            AddResident(result, count);
        }

        opening.AddCpuPer(result, "connection opened", connections);
        result.Add("memory per connection (slope)", Slope(points), "bytes");
        // The code that opening has heated up is still being compiled for a while.
        WaitFor(duration / 2);
        var idle = new RoundMeter(_meter);
        WaitFor(duration / 2);
        idle.Stop();
        result.Add($"resident after {duration.TotalSeconds:0} s idle", _meter.ResidentBytes / 1024.0, "KiB");
        idle.AddBusy(result, "server busy, second half of that");
        result.Add("memory per connection, idle", (_meter.ResidentBytes - points[0].Bytes) / connections, "bytes");
        result.AddFault("closed by the server", pool.Connections.Count(static connection => connection.IsClosed));
        return result;
    }

    public void Dispose() => _loop.Dispose();

    private void AddResident(RoundResult result, int count) =>
        result.Add(string.Create(CultureInfo.InvariantCulture, $"resident at {count,6} connections"), _meter.ResidentBytes / 1024.0, "KiB");

    private void WaitFor(TimeSpan duration)
    {
        var started = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(started) < duration)
            _loop.Poll(100);
    }

    // Least squares: the steps that a garbage collector's heap grows by do not fall on the points that are compared.
    private static double Slope(List<(double Count, double Bytes)> points)
    {
        var (meanCount, meanBytes) = (points.Average(static point => point.Count), points.Average(static point => point.Bytes));
        return points.Sum(point => (point.Count - meanCount) * (point.Bytes - meanBytes)) / points.Sum(point => Math.Pow(point.Count - meanCount, 2));
    }
}
