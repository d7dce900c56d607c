using System.Globalization;
using Sockudo.Load.Engine;

namespace Sockudo.Load.Metering;

/// <summary>CPU time and resident memory of another process.</summary>
internal sealed class ProcessMeter(int processId)
{
    /// <summary>CPU time of all its threads, ended ones included, to the nanosecond.</summary>
    public TimeSpan CpuTime
    {
        get
        {
            // The kernel's encoding of "scheduler CPU clock of a process"; see clock_getcpuclockid(3).
            var clock = (~processId << 3) | 2;
            if (Native.ClockGetTime(clock, out var time) != 0)
                throw new IOException($"there is no process {processId}");
            return TimeSpan.FromTicks((time.Seconds * TimeSpan.TicksPerSecond) + (time.Nanoseconds / 100));
        }
    }

    /// <summary>Bytes of resident memory.</summary>
    public long ResidentBytes
    {
        get
        {
            var line = File.ReadLines($"/proc/{processId}/status").First(static line => line.StartsWith("VmRSS:", StringComparison.Ordinal));
            return long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) * 1024;
        }
    }

    /// <summary>Confines this process to a core: the threads that it has, and by inheritance those it will have.</summary>
    public static void PinSelf(int core)
    {
        foreach (var thread in Directory.EnumerateDirectories("/proc/self/task"))
            _ = Native.SetAffinity(int.Parse(Path.GetFileName(thread), CultureInfo.InvariantCulture), sizeof(ulong), 1UL << core);
    }
}
