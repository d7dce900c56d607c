using System.Globalization;
using Sockudo.Load.Engine;
using Sockudo.Load.Metering;

namespace Sockudo.Load.Scenarios;

/// <summary>Opens connections that say nothing, and shows what each of them costs the server.</summary>
internal static class Idle
{
    /// <summary>Memory before, at once, and after the connections have been idle for a while.</summary>
    public static void Run(LoadTarget target, int connections, int sources, bool subscribe, TimeSpan settle, ProcessMeter meter, TextWriter output)
    {
        // A first few, so that what is made once is not charged to the rest.
        using var warmUp = new ConnectionPool(target, sources);
        warmUp.Open(200);
        var before = meter.ResidentBytes;
        using var pool = new ConnectionPool(target, sources);
        var cpu = meter.CpuTime;
        var elapsed = pool.Open(connections);
        var connectCpu = meter.CpuTime - cpu;
        if (subscribe)
            pool.Subscribe(["idle"]);
        var opened = meter.ResidentBytes;
        var until = TimeProvider.System.GetTimestamp();
        cpu = meter.CpuTime;
        while (TimeProvider.System.GetElapsedTime(until) < settle)
            pool.Poll(200);
        var idleCpu = meter.CpuTime - cpu;
        var after = meter.ResidentBytes;
        output.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{connections} connections in {elapsed.TotalSeconds:0.00} s ({connections / elapsed.TotalSeconds:0}/s, {connectCpu.TotalMicroseconds / connections:0} us of CPU each)"));
        output.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"resident memory: {before / 1024} KiB before, {opened / 1024} KiB when opened, {after / 1024} KiB after {settle.TotalSeconds:0} s"));
        output.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"per connection: {(double)(opened - before) / connections:0} bytes when opened, {(double)(after - before) / connections:0} bytes idle; CPU while idle {idleCpu.TotalMilliseconds / settle.TotalSeconds:0.0} ms/s"));
    }
}
