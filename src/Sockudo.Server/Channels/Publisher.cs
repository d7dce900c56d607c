using Sockudo.Protocol;
using Sockudo.Protocol.Channels;
using Sockudo.Protocol.Messages;
using Sockudo.Protocol.WebSockets;
using Sockudo.Server.Apps;
using Sockudo.Server.Caching;
using Sockudo.Server.Metrics;
using Sockudo.Server.Options;

namespace Sockudo.Server.Channels;

/// <summary>What the HTTP API does to channels and users: publishes events and ends connections. Safe from any thread.</summary>
internal sealed class Publisher(
    Hub hub, IEventCache cache, ChannelGates gates, BroadcastLatency latency, SockudoOptions options, TimeProvider time)
{
    private readonly TimeSpan _cacheLife = TimeSpan.FromSeconds(options.ChannelLimits.CacheTtl);

    /// <summary>
    /// Publishes an event on one channel. When the task completes, the event stands in the queue of every subscriber, and a
    /// cache channel has kept it (K-1). Sequential calls arrive in order (O-1).
    /// </summary>
    /// <param name="app">The app.</param>
    /// <param name="channel">A valid channel name.</param>
    /// <param name="frame">The event, made by <see cref="EventFrame.Create"/> for this channel without user id.</param>
    /// <param name="exceptSocketId">The connection that does not get it (T-5); it is kept for it all the same (K-7).</param>
    /// <param name="cancellationToken">Gives up on a cache that does not answer.</param>
    public ValueTask PublishAsync(AppScope app, string channel, Frame frame, string? exceptSocketId, CancellationToken cancellationToken)
    {
        var accepted = time.GetTimestamp();
        var kind = ChannelName.KindOf(channel);
        if (kind.IsCache)
            return PublishCachedAsync(app, channel, kind, frame, exceptSocketId, accepted, cancellationToken);
        Deliver(app, channel, kind, frame, exceptSocketId, accepted);
        return ValueTask.CompletedTask;
    }

    /// <summary>U-16: closes every connection that is signed in as the user, with 4009.</summary>
    public void Terminate(AppScope app, string userId)
    {
        foreach (var connection in hub.ConnectionsOf(app, userId))
            connection.Close(PusherError.Terminated);
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
