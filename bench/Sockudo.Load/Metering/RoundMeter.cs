using System.Diagnostics;
using Sockudo.Load.Reports;

namespace Sockudo.Load.Metering;

/// <summary>Time, and the CPU of the server and of the generator, from its making until <see cref="Stop"/>.</summary>
internal sealed class RoundMeter
{
    /// <summary>What the names of all figures of the server's CPU begin with.</summary>
    public const string CpuPer = "server CPU per ";

    private readonly ProcessMeter? _server;
    private readonly ProcessMeter _generator = new(Environment.ProcessId);
    private readonly long _started;
    private TimeSpan _serverCpu;
    private TimeSpan _generatorCpu;

    /// <param name="server">Meters the server; null if it is not on this machine.</param>
    public RoundMeter(ProcessMeter? server)
    {
        _server = server;
        _serverCpu = server?.CpuTime ?? TimeSpan.Zero;
        _generatorCpu = _generator.CpuTime;
        _started = Stopwatch.GetTimestamp();
    }

    public TimeSpan Elapsed { get; private set; }

    public void Stop()
    {
        Elapsed = Stopwatch.GetElapsedTime(_started);
        _serverCpu = (_server?.CpuTime ?? TimeSpan.Zero) - _serverCpu;
        _generatorCpu = _generator.CpuTime - _generatorCpu;
    }

    /// <summary>Adds how many of something there were per second.</summary>
    public void AddRate(RoundResult result, string name, long count) => result.Add(name, count / Elapsed.TotalSeconds, "/s");

    /// <summary>Adds the server's CPU for each of something; nothing if the server is not metered.</summary>
    public void AddCpuPer(RoundResult result, string what, long count)
    {
        if (_server is not null && count > 0)
            result.Add(CpuPer + what, _serverCpu.TotalMicroseconds / count, "us");
    }

    /// <summary>
    /// Adds how busy both sides were. A generator near 100 % of one core is the bottleneck itself: then the rate is its own, and only
    /// the server's CPU per message means something. (At a fixed rate it spins, and is always busy.)
    /// </summary>
    public void AddLoad(RoundResult result)
    {
        AddBusy(result, "server busy");
        result.Add("generator busy", 100 * _generatorCpu / Elapsed, "% of a core");
    }

    /// <summary>Adds how busy the server was; nothing if it is not metered.</summary>
    public void AddBusy(RoundResult result, string name)
    {
        if (_server is not null)
            result.Add(name, 100 * _serverCpu / Elapsed, "% of a core");
    }
}
