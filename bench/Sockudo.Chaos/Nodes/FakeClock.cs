using System.Globalization;

namespace Sockudo.Chaos.Nodes;

/// <summary>The time of day of one process, by libfaketime; what it measures time spans with goes on as ever.</summary>
internal sealed class FakeClock
{
    private static readonly string[] Libraries = ["/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1", "/usr/lib/aarch64-linux-gnu/faketime/libfaketimeMT.so.1"];

    private readonly string _file;

    /// <param name="directory">Where the file lies in which the difference stands.</param>
    public FakeClock(string directory)
    {
        _file = Path.Combine(directory, "clock");
        Set(TimeSpan.Zero);
    }

    /// <summary>Where libfaketime is; null if it is not installed.</summary>
    public static string? Library { get; } = Array.Find(Libraries, File.Exists);

    /// <summary>Variables with which the process must be started.</summary>
    public IReadOnlyDictionary<string, string> Environment => new Dictionary<string, string>
    {
        ["LD_PRELOAD"] = Library ?? throw new InvalidOperationException("libfaketime is missing"),
        ["FAKETIME_TIMESTAMP_FILE"] = _file,
        ["FAKETIME_CACHE_DURATION"] = "1",
        ["FAKETIME_DONT_FAKE_MONOTONIC"] = "1",
        // What it would mend by default ends every wait of .NET at once, so that a node takes a whole core.
        ["FAKETIME_FORCE_MONOTONIC_FIX"] = "0",
        ["NO_FAKE_STAT"] = "1",
    };

    /// <summary>Moves the clock; the process sees it within a second.</summary>
    public void Set(TimeSpan offset)
    {
        var next = _file + ".next";
        File.WriteAllText(next, string.Create(CultureInfo.InvariantCulture, $"{offset.TotalSeconds:+0;-0;+0}\n"));
        File.Move(next, _file, overwrite: true);
    }
}
