using System.Collections.Concurrent;

namespace Sockudo.Server.Metrics;

/// <summary>Requests of the main listener by route template, method and status, and how long they took.</summary>
internal sealed class HttpRequestMetrics
{
    /// <summary>Upper bounds of the buckets, in seconds.</summary>
    public static readonly double[] Bounds = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

    private readonly ConcurrentDictionary<(string Route, string Method, int Status), Counter> _requests = new();
    private readonly ConcurrentDictionary<string, Histogram> _durations = new();

    /// <summary>Requests by route template, method and status.</summary>
    public IEnumerable<(string Route, string Method, int Status, long Count)> Requests =>
        _requests.Select(static entry => (entry.Key.Route, entry.Key.Method, entry.Key.Status, Volatile.Read(ref entry.Value.Value)));

    /// <summary>Seconds by route template.</summary>
    public IEnumerable<KeyValuePair<string, Histogram>> Durations => _durations;

    /// <summary>A request has been answered.</summary>
    /// <param name="route">Template of the route, or <c>other</c>; never a path as sent.</param>
    /// <param name="method">Method as sent; everything unusual is counted as <c>other</c>.</param>
    /// <param name="status">Status code of the answer.</param>
    /// <param name="elapsed">Time from the head of the request to the answer.</param>
    public void Record(string route, string method, int status, TimeSpan elapsed)
    {
        var label = method is "GET" or "POST" or "HEAD" or "OPTIONS" ? method : "other";
        Interlocked.Increment(ref _requests.GetOrAdd((route, label, status), static _ => new Counter()).Value);
        _durations.GetOrAdd(route, static _ => new Histogram(Bounds)).Record(elapsed.TotalSeconds);
    }

    private sealed class Counter
    {
        public long Value;
    }
}
