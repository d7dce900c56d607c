using System.Collections.Concurrent;

namespace Sockudo.Server.Metrics;

/// <summary>
/// All that the server counts and measures. Nothing is counted down: a gauge is read from the real state when asked, or is
/// what has begun less what has ended. Reading takes no lock that a message needs.
/// </summary>
/// <param name="pendingBytes">Reads the bytes queued for all connections.</param>
internal sealed class ServerMetrics(Func<long> pendingBytes)
{
    private readonly ConcurrentDictionary<string, AppCounters> _apps = new(StringComparer.Ordinal);

    /// <summary>Counts what concerns no known app.</summary>
    public AppCounters NoApp { get; } = new("");

    public BroadcastLatency BroadcastLatency { get; } = new();

    public ResultCounters<CacheRequestResult> Cache { get; } = new();

    public ClusterMetrics Cluster { get; } = new();

    public HttpRequestMetrics Http { get; } = new();

    /// <summary>The counters of all apps that were met and not deleted since, and of <see cref="NoApp"/>.</summary>
    public IReadOnlyList<AppCounters> Apps =>
        [NoApp, .. _apps.Values.Where(static app => !app.IsRetired).OrderBy(static app => app.AppId, StringComparer.Ordinal)];

    /// <summary>Bytes queued for all connections.</summary>
    public long PendingBytes => pendingBytes();

    /// <summary>Whether an app has been deleted since it was met.</summary>
    public bool IsRetired(string appId) => _apps.TryGetValue(appId, out var app) && app.IsRetired;

    /// <summary>The counters of a known app.</summary>
    public AppCounters CountersFor(string appId) => _apps.GetOrAdd(appId, static id => new AppCounters(id));
}
