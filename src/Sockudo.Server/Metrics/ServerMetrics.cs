using System.Collections.Concurrent;
using Sockudo.Server.Channels;

namespace Sockudo.Server.Metrics;

/// <summary>All that the server counts and measures. Gauges are read from the real state when asked.</summary>
/// <param name="channels">Reads the channels and subscriptions of this node.</param>
/// <param name="pendingBytes">Reads the bytes queued for all connections.</param>
internal sealed class ServerMetrics(Func<IReadOnlyList<ChannelStatistics>> channels, Func<long> pendingBytes)
{
    private readonly ConcurrentDictionary<string, AppCounters> _apps = new(StringComparer.Ordinal);

    /// <summary>Counts what concerns no known app.</summary>
    public AppCounters NoApp { get; } = new("");

    public BroadcastLatency BroadcastLatency { get; } = new();

    public CacheRequests Cache { get; } = new();

    public ClusterMetrics Cluster { get; } = new();

    public HttpRequestMetrics Http { get; } = new();

    /// <summary>The counters of all apps that were met, and of <see cref="NoApp"/>.</summary>
    public IReadOnlyList<AppCounters> Apps => [NoApp, .. _apps.Values.OrderBy(static app => app.AppId, StringComparer.Ordinal)];

    /// <summary>Channels and subscriptions of this node.</summary>
    public IReadOnlyList<ChannelStatistics> Channels => channels();

    /// <summary>Bytes queued for all connections.</summary>
    public long PendingBytes => pendingBytes();

    /// <summary>The counters of a known app.</summary>
    public AppCounters CountersFor(string appId) => _apps.GetOrAdd(appId, static id => new AppCounters(id));
}
