using System.Globalization;
using Sockudo.Configuration;
using Sockudo.Dashboard.Documents;
using Sockudo.Protocol.Channels;
using Sockudo.Server.Cluster;
using Sockudo.Server.Hosting;
using Sockudo.Server.Http;
using Sockudo.Server.Options;
using Sockudo.Server.Webhooks;

namespace Sockudo.Dashboard;

/// <summary>What the admin API tells of this node and of the others.</summary>
internal sealed class NodeEndpoints(SockudoServer server, WebhookPipeline? webhooks, SockudoOptions options, string name, string version, TimeProvider time)
{
    private readonly DateTimeOffset _startedAt = time.GetUtcNow();

    /// <summary>Whether the caller is let in.</summary>
    public ApiResponse Session(bool needsSignIn, bool isSignedIn) => AdminApi.Json(
        new SessionDocument(needsSignIn, isSignedIn, isSignedIn ? name : null, isSignedIn ? version : null), AdminJson.Default.SessionDocument);

    /// <summary>This node at a glance.</summary>
    public ApiResponse Overview()
    {
        var now = time.GetUtcNow();
        var memory = server.Health.Memory.Read();
        var channels = server.Hub.Statistics();
        var document = new OverviewDocument(
            now,
            new NodeDocument(
                name, version, options.Mode, _startedAt, (long)(now - _startedAt).TotalSeconds, server.Health.IsReady, server.Health.IsDraining,
                Math.Round(Environment.CpuUsage.TotalTime.TotalSeconds, 3), Environment.ProcessorCount),
            new MemoryDocument(memory.Used, memory.Total, GC.GetTotalMemory(forceFullCollection: false)),
            server.ConnectionCount,
            server.Metrics.PendingBytes,
            channels.Where(static group => !group.Kind.IsUser).Sum(static group => group.Channels),
            channels.Where(static group => !group.Kind.IsUser).Sum(static group => group.Subscriptions),
            TotalsDocument.Of([.. server.Metrics.Apps]),
            Backends(),
            QueueDocument.Of(webhooks),
            server.Cluster?.Nodes ?? 1);
        return AdminApi.Json(document, AdminJson.Default.OverviewDocument);
    }

    /// <summary>The nodes of the cluster as this one sees them.</summary>
    public ApiResponse Cluster()
    {
        var self = new PeerDocument(
            name, server.Cluster is { } known ? EpochOf(known.Id) : null, IsSelf: true, server.Health.IsDraining ? "draining" : "up", IsSynchronised: true,
            HeardMillisecondsAgo: null, server.Apps.Known.Sum(static app => (long)app.Connections));
        IEnumerable<PeerDocument> peers = server.Cluster is null ? [] : server.Cluster.Peers.OrderBy(static peer => peer.Id.Name, StringComparer.Ordinal).Select(Describe);
        var document = new ClusterDocument(
            Choices.NameOf(options.Adapter.Driver), server.Cluster is not { IsConnected: false }, server.Cluster is { IsIsolated: true }, [self, .. peers]);
        return AdminApi.Json(document, AdminJson.Default.ClusterDocument);
    }

    private PeerDocument Describe(PeerStatus peer) => new(
        peer.Id.Name,
        EpochOf(peer.Id),
        IsSelf: false,
        peer switch { { HasLeft: true } => "left", { IsDraining: true } => "draining", { IsCatchingUp: true } => "catching_up", _ => "up" },
        peer.IsSynchronised,
        (long)peer.SinceHeard.TotalMilliseconds,
        server.Apps.Known.Sum(app => (long)app.ConnectionsOf(peer.Id)));

    private static string EpochOf(NodeId id) => id.Epoch.ToString("x16", CultureInfo.InvariantCulture);

    private IReadOnlyList<BackendDocument> Backends() =>
    [
        new("adapter", Choices.NameOf(options.Adapter.Driver), server.Health.Adapter),
        Backend("app_manager", options.AppManager.Driver),
        Backend("cache", options.Cache.Driver),
        Backend("queue", options.Queue.Driver),
        Backend("rate_limiter", options.RateLimiter.Driver),
    ];

    private BackendDocument Backend(string component, Enum driver) => new(component, Choices.NameOf(driver), server.Health.StateOf(component));
}
