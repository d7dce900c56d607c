using System.Diagnostics;
using System.Globalization;

namespace Sockudo.Server.Health;

/// <summary>Memory of this process against what it may use (operations.md 1.3). Read at most once a second.</summary>
internal sealed class MemoryUsage(TimeProvider time)
{
    private static readonly TimeSpan Validity = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();
    private long _readAt;
    private Figures? _figures;

    /// <summary>The figures of now, or of at most a second ago.</summary>
    public Figures Read()
    {
        lock (_gate)
        {
            if (_figures is { } known && time.GetElapsedTime(_readAt) < Validity)
                return known;
            _readAt = time.GetTimestamp();
            // The runtime knows the container's limit, else the physical memory.
            var fresh = new Figures(GC.GetGCMemoryInfo().TotalAvailableMemoryBytes, ResidentBytes());
            _figures = fresh;
            return fresh;
        }
    }

    private static long ResidentBytes()
    {
        // Two small numbers instead of everything that Process reads.
        if (OperatingSystem.IsLinux() && File.Exists("/proc/self/statm"))
        {
            var pages = File.ReadAllText("/proc/self/statm").Split(' ')[1];
            return long.Parse(pages, CultureInfo.InvariantCulture) * Environment.SystemPageSize;
        }

        using var process = Process.GetCurrentProcess();
        return process.WorkingSet64;
    }

    /// <summary>Bytes.</summary>
    /// <param name="Total">What the process may use: the container's limit, else the physical memory.</param>
    /// <param name="Used">Its resident memory.</param>
    public readonly record struct Figures(long Total, long Used)
    {
        public long Free => Math.Max(0, Total - Used);

        /// <summary>Share in use, 0 to 1.</summary>
        public double Share => Total > 0 ? (double)Used / Total : 0;
    }
}
