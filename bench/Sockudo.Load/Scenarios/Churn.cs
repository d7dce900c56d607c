using System.Diagnostics;
using System.Globalization;
using Sockudo.Load.Engine;
using Sockudo.Load.Metering;

namespace Sockudo.Load.Scenarios;

/// <summary>Connections that come, subscribe and go, over and over: what a visit costs, and whether anything stays behind.</summary>
internal static class Churn
{
    /// <summary>Opens, subscribes and drops so many connections at a time until the time is over.</summary>
    public static void Run(LoadTarget target, int connections, int sources, TimeSpan duration, ProcessMeter? meter, TextWriter output)
    {
        Visit(target, connections, sources);
        var (cpu, memory) = (meter?.CpuTime, meter?.ResidentBytes);
        var started = Stopwatch.GetTimestamp();
        var visits = 0L;
        while (Stopwatch.GetElapsedTime(started) < duration)
        {
            Visit(target, connections, sources);
            visits += connections;
        }

        var elapsed = Stopwatch.GetElapsedTime(started);
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{visits} visits, {visits / elapsed.TotalSeconds:0}/s"));
        if (meter is not null)
        {
            output.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"server CPU per visit: {(meter.CpuTime - cpu!.Value).TotalMicroseconds / visits:0} us; resident memory {memory / 1024} KiB before, {meter.ResidentBytes / 1024} KiB after"));
        }
    }

    private static void Visit(LoadTarget target, int connections, int sources)
    {
        using var pool = new ConnectionPool(target, sources);
        pool.Open(connections);
        pool.Subscribe(["churn"]);
    }
}
