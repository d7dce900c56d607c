using Sockudo.Protocol;
using Sockudo.Protocol.Channels;
using Sockudo.Protocol.Messages;
using Sockudo.Protocol.WebSockets;
using Sockudo.Server.Apps;
using Sockudo.Server.Backends;
using Sockudo.Server.Caching;
using Sockudo.Server.Cluster;
using Sockudo.Server.Inspection;
using Sockudo.Server.Metrics;
using Sockudo.Server.Options;

namespace Sockudo.Server.Channels;

/// <summary>What the HTTP API does to channels and users: publishes events and ends connections. Safe from any thread.</summary>
internal sealed class Publisher(
    Hub hub, ClusterNode? cluster, IEventCache cache, ChannelGates gates, EventTail tail, BroadcastLatency latency, SockudoOptions options, TimeProvider time)
{
    private readonly TimeSpan _cacheLife = TimeSpan.FromSeconds(options.ChannelLimits.CacheTtl);

    /// <summary>
    /// Publishes events, each on one channel, in their order (O-1, O-2). When the task completes, no later event can overtake them: on a single node they stand in
    /// the queue of every subscriber, and cache channels have kept them (K-1); in a cluster the bus has them.
    /// </summary>
    /// <param name="app">The app.</param>
    /// <param name="events">Valid channel names, and events made by <see cref="EventFrame.Create"/> for them without user id. A cache channel keeps an event for whoever does not get it, too (K-7).</param>
    /// <param name="cancellationToken">Gives up on a cache that does not answer.</param>
    /// <exception cref="ClusterUnavailableException">This node is cut off from the others: nobody gets the events.</exception>
    public async ValueTask PublishAsync(AppScope app, List<Publication> events, CancellationToken cancellationToken)
    {
        if (cluster is not null)
        {
            await PublishToClusterAsync(cluster, app, events).ConfigureAwait(false);
        }
        else
        {
            foreach (var one in events)
                await PublishHereAsync(app, one, cancellationToken).ConfigureAwait(false);
        }

        if (!tail.IsWatched)
            return;
        foreach (var one in events)
            tail.Tell(app, one.Channel, one.Frame, EventSource.Http, socketId: null);
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

    // Nobody needs to wait for one before the next: calls keep their order.
    private static async Task PublishToClusterAsync(ClusterNode cluster, AppScope app, List<Publication> events)
    {
        if (cluster.IsIsolated)
            throw new ClusterUnavailableException();
        var sending = new Task[events.Count];
        for (var i = 0; i < sending.Length; i++)
            sending[i] = await cluster.Events.PublishAsync(app, events[i].Channel, events[i].Frame, events[i].ExceptSocketId).ConfigureAwait(false);
        await Task.WhenAll(sending).ConfigureAwait(false);
        foreach (var _ in events)
            app.Counters.EventPublished(EventSource.Http);
    }

    private ValueTask PublishHereAsync(AppScope app, Publication one, CancellationToken cancellationToken)
    {
        var accepted = time.GetTimestamp();
        var (channel, frame, exceptSocketId) = one;
        var kind = ChannelName.KindOf(channel);
        if (kind.IsCache)
            return PublishCachedAsync(app, channel, kind, frame, exceptSocketId, accepted, cancellationToken);
        Deliver(app, channel, kind, frame, exceptSocketId, accepted);
        return ValueTask.CompletedTask;
    }

    private async ValueTask PublishCachedAsync(
        AppScope app, string channel, ChannelKind kind, Frame frame, string? exceptSocketId, long accepted, CancellationToken cancellationToken)
    {
        using var turn = await gates.EnterAsync(app.App.Id, channel).ConfigureAwait(false);
        try
        {
            await cache.SetAsync(app.App.Id, channel, EventFrame.BodyOf(frame, channel), origin: null, _cacheLife, cancellationToken).ConfigureAwait(false);
        }
        catch (BackendException)
        {
            // storage.md 3: "publishing goes on and answers 200, the event is not cached"; the state of the cache has been told.
        }

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
