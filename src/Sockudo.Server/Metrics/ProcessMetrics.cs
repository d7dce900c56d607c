using System.Diagnostics;
using System.Globalization;

namespace Sockudo.Server.Metrics;

/// <summary>The families of process and runtime (metrics.md 5), read when asked.</summary>
internal static class ProcessMetrics
{
    public static void Write(PrometheusWriter writer)
    {
        using var process = Process.GetCurrentProcess();
        writer.ProcessFamily("process_cpu_seconds_total", "counter", "CPU time used.").Sample(process.TotalProcessorTime.TotalSeconds);
        writer.ProcessFamily("process_resident_memory_bytes", "gauge", "Resident memory.").Sample(process.WorkingSet64);
        writer.ProcessFamily("process_virtual_memory_bytes", "gauge", "Virtual memory.").Sample(process.VirtualMemorySize64);
        writer.ProcessFamily("process_threads", "gauge", "Threads.").Sample(process.Threads.Count);
        writer.ProcessFamily("process_start_time_seconds", "gauge", "Start of the process, Unix time.")
            .Sample(new DateTimeOffset(process.StartTime).ToUnixTimeMilliseconds() / 1000.0);
        if (OperatingSystem.IsLinux())
        {
            writer.ProcessFamily("process_open_fds", "gauge", "Open files.").Sample(Directory.EnumerateFileSystemEntries("/proc/self/fd").Count());
            writer.ProcessFamily("process_max_fds", "gauge", "Most files that may be open.").Sample(ReadMaxFiles());
        }

        writer.ProcessFamily("dotnet_gc_collections_total", "counter", "Garbage collections.");
        for (var generation = 0; generation <= GC.MaxGeneration; generation++)
            writer.Sample(GC.CollectionCount(generation), ("generation", generation.ToString(CultureInfo.InvariantCulture)));
        writer.ProcessFamily("dotnet_gc_heap_size_bytes", "gauge", "Size of the managed heap.").Sample(GC.GetTotalMemory(forceFullCollection: false));
        writer.ProcessFamily("dotnet_gc_pause_seconds_total", "counter", "Time spent in pauses for garbage collection.")
            .Sample(GC.GetTotalPauseDuration().TotalSeconds);
        writer.ProcessFamily("dotnet_threadpool_threads", "gauge", "Threads of the pool.").Sample(ThreadPool.ThreadCount);
        writer.ProcessFamily("dotnet_threadpool_queue_length", "gauge", "Work items waiting.").Sample(ThreadPool.PendingWorkItemCount);
        writer.ProcessFamily("dotnet_exceptions_total", "counter", "Exceptions thrown.").Sample(ExceptionCount.Value);
    }

    private static double ReadMaxFiles()
    {
        var line = File.ReadLines("/proc/self/limits").First(static line => line.StartsWith("Max open files", StringComparison.Ordinal));
        var soft = line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[3];
        return double.TryParse(soft, NumberStyles.None, CultureInfo.InvariantCulture, out var limit) ? limit : double.PositiveInfinity;
    }
}
