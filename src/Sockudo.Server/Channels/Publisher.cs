using Sockudo.Protocol;
using Sockudo.Protocol.Channels;
using Sockudo.Protocol.Messages;
using Sockudo.Protocol.WebSockets;
using Sockudo.Server.Apps;
using Sockudo.Server.Caching;
using Sockudo.Server.Cluster;
using Sockudo.Server.Metrics;
using Sockudo.Server.Options;

namespace Sockudo.Server.Channels;

/// <summary>What the HTTP API does to channels and users: publishes events and ends connections. Safe from any thread.</summary>
internal sealed class Publisher(
    Hub hub, ClusterNode? cluster, IEventCache cache, ChannelGates gates, BroadcastLatency latency, SockudoOptions options, TimeProvider time)
{
    private readonly TimeSpan _cacheLife = TimeSpan.FromSeconds(options.ChannelLimits.CacheTtl);

    /// <summary>
    /// Publishes an event on one channel. When the task completes, no later event can overtake it: on a single node it stands in the queue of every
    /// subscriber, and a cache channel has kept it (K-1); in a cluster the bus has it. Calls arrive in their order (O-1), in a cluster also when nobody waits for
    /// one before he makes the next.
    /// </summary>
    /// <param name="app">The app.</param>
    /// <param name="channel">A valid channel name.</param>
    /// <param name="frame">The event, made by <see cref="EventFrame.Create"/> for this channel without user id.</param>
    /// <param name="exceptSocketId">The connection that does not get it (T-5); it is kept for it all the same (K-7).</param>
    /// <param name="cancellationToken">Gives up on a cache that does not answer.</param>
    /// <exception cref="ClusterUnavailableException">This node is cut off from the others: nobody gets the event.</exception>
    public ValueTask PublishAsync(AppScope app, string channel, Frame frame, string? exceptSocketId, CancellationToken cancellationToken)
    {
        if (cluster is not null)
            return new(PublishToClusterAsync(cluster, app, channel, frame, exceptSocketId));
        var accepted = time.GetTimestamp();
        var kind = ChannelName.KindOf(channel);
        if (kind.IsCache)
            return PublishCachedAsync(app, channel, kind, frame, exceptSocketId, accepted, cancellationToken);
        Deliver(app, channel, kind, frame, exceptSocketId, accepted);
        return ValueTask.CompletedTask;
    }

    /// <summary>Publishes events in their order; completes as <see cref="PublishAsync"/> does for all of them.</summary>
    /// <inheritdoc cref="PublishAsync" path="/exception"/>
    public async ValueTask PublishAllAsync(
        AppScope app, List<Publication> events, CancellationToken cancellationToken)
    {
        if (cluster is not null)
        {
            await Task.WhenAll(events.Select(one => PublishToClusterAsync(cluster, app, one.Channel, one.Frame, one.ExceptSocketId))).ConfigureAwait(false);
            return;
        }

        foreach (var (channel, frame, exceptSocketId) in events)
            await PublishAsync(app, channel, frame, exceptSocketId, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>U-16: closes every connection that is signed in as the user, with 4009.</summary>
    /// <exception cref="ClusterUnavailableException">This node is cut off from the others.</exception>
    public Task TerminateAsync(AppScope app, string userId)
    {
        if (cluster is not null)
            return cluster.TerminateAsync(app, userId);
        foreach (var connection in hub.ConnectionsOf(Hub.UserChannel(app, userId)))
            connection.Close(PusherError.Terminated);
        return Task.CompletedTask;
    }

    private static async Task PublishToClusterAsync(ClusterNode cluster, AppScope app, string channel, Frame frame, string? exceptSocketId)
    {
        if (cluster.IsIsolated)
            throw new ClusterUnavailableException();
        await cluster.Events.PublishAsync(app, channel, frame, exceptSocketId).ConfigureAwait(false);
        app.Counters.EventPublished(EventSource.Http);
    }

    private async ValueTask PublishCachedAsync(
        AppScope app, string channel, ChannelKind kind, Frame frame, string? exceptSocketId, long accepted, CancellationToken cancellationToken)
    {
        using var turn = await gates.EnterAsync(app.App.Id, channel).ConfigureAwait(false);
        await cache.SetAsync(app.App.Id, channel, EventFrame.BodyOf(frame, channel), _cacheLife, cancellationToken).ConfigureAwait(false);
        Deliver(app, channel, kind, frame, exceptSocketId, accepted);
    }

    private void Deliver(AppScope app, string channel, ChannelKind kind, Frame frame, string? exceptSocketId, long accepted)
    {
        var recipients = hub.Deliver(new ChannelKey(app, channel), frame, exceptSocketId);
        app.Counters.EventPublished(EventSource.Http);
        if (recipients > 0)
            latency.Record(kind, recipients, time.GetElapsedTime(accepted));
    }
}
