using Microsoft.Extensions.Logging;

namespace Sockudo.Logging;

/// <summary>
/// Lets at most ten lines of one kind through in a minute, and tells afterwards how many more there were: what clients or webhook
/// targets make the server say must not fill the log (metrics.md 6). Safe from any thread.
/// </summary>
internal sealed class RepetitionLimit : IDisposable
{
    private const int MostPerWindow = 10;
    private static readonly TimeSpan Window = TimeSpan.FromMinutes(1);

    private readonly Action<LogLevel, string, string, long> _summarize;
    private readonly ITimer _timer;
    private readonly Lock _gate = new();
    private readonly Dictionary<(string Target, int Event), Kind> _kinds = [];

    /// <param name="time">The clock.</param>
    /// <param name="summarize">Is told, once a minute and kind: level and target of the lines left out, the message of one of them, and how many there were.</param>
    public RepetitionLimit(TimeProvider time, Action<LogLevel, string, string, long> summarize)
    {
        _summarize = summarize;
        _timer = time.CreateTimer(static self => ((RepetitionLimit)self!).EndWindow(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Whether a line may be written.</summary>
    /// <param name="target">Its target.</param>
    /// <param name="kind">Its event.</param>
    /// <param name="level">Its level.</param>
    /// <param name="message">Its message without fields.</param>
    public bool Allows(string target, EventId kind, LogLevel level, string message)
    {
        lock (_gate)
        {
            if (_kinds.Count == 0)
                _timer.Change(Window, Timeout.InfiniteTimeSpan);
            if (!_kinds.TryGetValue((target, kind.Id), out var known))
                _kinds.Add((target, kind.Id), known = new Kind(level, message));
            return ++known.Count <= MostPerWindow;
        }
    }

    /// <summary>Tells what was left out since the last time.</summary>
    public void Dispose()
    {
        _timer.Dispose();
        EndWindow();
    }

    private void EndWindow()
    {
        List<((string Target, int Event) Key, Kind Kind)> ended;
        lock (_gate)
        {
            ended = [.. _kinds.Where(static entry => entry.Value.Count > MostPerWindow).Select(static entry => (entry.Key, entry.Value))];
            _kinds.Clear();
        }

        foreach (var (key, kind) in ended)
            _summarize(kind.Level, key.Target, kind.Message, kind.Count - MostPerWindow);
    }

    private sealed class Kind(LogLevel level, string message)
    {
        public LogLevel Level => level;

        public string Message => message;

        public long Count { get; set; }
    }
}
