using System.Globalization;

namespace Sockudo.Chaos;

/// <summary>What happened when: printed as it happens, and kept for the report.</summary>
internal sealed class Timeline
{
    private readonly long _start = TimeProvider.System.GetTimestamp();
    private readonly List<string> _lines = [];

    /// <summary>Time since the start of the run.</summary>
    public TimeSpan Elapsed => TimeProvider.System.GetElapsedTime(_start);

    /// <summary>All lines so far.</summary>
    public IReadOnlyList<string> Lines
    {
        get
        {
            lock (_lines)
                return [.. _lines];
        }
    }

    /// <summary>Something has happened now.</summary>
    public void Say(string text)
    {
        var line = string.Create(CultureInfo.InvariantCulture, $"{Elapsed.TotalSeconds,7:0.0}  {text}");
        lock (_lines)
        {
            _lines.Add(line);
            Console.WriteLine(line);
        }
    }
}
