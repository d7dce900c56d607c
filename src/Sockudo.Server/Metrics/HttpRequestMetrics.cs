using System.Collections.Concurrent;

namespace Sockudo.Server.Metrics;

/// <summary>Requests of the main listener by route template, method and status, and how long they took. Safe from any thread.</summary>
internal sealed class HttpRequestMetrics
{
    private readonly ConcurrentDictionary<(string Route, string Method, int Status), StripedCounters> _requests = new();
    private readonly ConcurrentDictionary<string, Lazy<Histogram>> _durations = new();

    /// <summary>Requests by route template, method and status.</summary>
    public IEnumerable<(string Route, string Method, int Status, long Count)> Requests =>
        _requests.Select(static entry => (entry.Key.Route, entry.Key.Method, entry.Key.Status, entry.Value.Sum(0)));

    /// <summary>Seconds by route template.</summary>
    public HistogramFamily Durations { get; } = new(HistogramFamily.Seconds);

    /// <summary>A request has been answered.</summary>
    /// <param name="route">Template of the route, or <c>other</c>; never a path as sent.</param>
    /// <param name="method">Method as sent; everything unusual is counted as <c>other</c>.</param>
    /// <param name="status">Status code of the answer.</param>
    /// <param name="elapsed">Time from the head of the request to the answer.</param>
    public void Record(string route, string method, int status, TimeSpan elapsed)
    {
        var label = method is "GET" or "POST" or "HEAD" or "OPTIONS" ? method : "other";
        _requests.GetOrAdd((route, label, status), static _ => new StripedCounters(1)).Add(0, 1);
        _durations.GetOrAdd(route, static (route, family) => new Lazy<Histogram>(() => family.Add(("route", route))), Durations).Value.Record(elapsed.TotalSeconds);
    }
}
