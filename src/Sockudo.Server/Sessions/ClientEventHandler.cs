using Sockudo.Protocol;
using Sockudo.Protocol.Channels;
using Sockudo.Protocol.Messages;
using Sockudo.Server.Channels;
using Sockudo.Server.Cluster;
using Sockudo.Server.Connections;
using Sockudo.Server.Inspection;
using Sockudo.Server.Metrics;
using Sockudo.Server.Webhooks;

namespace Sockudo.Server.Sessions;

/// <summary><c>client-*</c> events (section 9): checked in the order of CE-1, then relayed to everybody else in the channel.</summary>
internal sealed class ClientEventHandler(Hub hub, ClusterNode? cluster, EventTail tail, CoarseClock clock, BroadcastLatency latency, TimeProvider time)
{
    private static readonly PusherError Incomplete = new(null, "Invalid client event (must contain channel and data)");

    private static readonly PusherError NotEnabled =
        new(null, "To send client events, you must enable this feature in the Settings page of your dashboard.");

    private static readonly PusherError WrongChannel =
        new(null, "Client event rejected - only supported on private and presence channels");

    private static readonly PusherError TooFast = new(PusherError.LimitCode, "Client event rejected due to rate limit");

    /// <summary>Relays one event, or tells the sender why not.</summary>
    public void Relay(Session session, ClientMessage message)
    {
        if (Check(session, message, out var subscription) is { } error)
        {
            session.Send(ServerMessages.Error(error));
            return;
        }

        var accepted = time.GetTimestamp();
        var app = session.Scope;
        var key = subscription!.Channel.Key;
        var userId = subscription.Member?.User.Id; // CE-7: from the membership, whatever the client says
        var frame = EventFrame.Create(message.Event.Raw, message.Data, key.Name, userId);
        app.Counters.EventPublished(EventSource.Client);
        if (tail.IsWatched)
            tail.Tell(app, key.Name, frame, EventSource.Client, session.SocketId);
        // storage.md 6.3: cut off, this node emits no webhooks, and client events reach its own clients only.
        var isIsolated = cluster is { IsIsolated: true };
        if (!isIsolated && app.Wants(WebhookEventType.ClientEvent))
        {
            hub.Raise(key, new WebhookEvent(WebhookEventType.ClientEvent, key.Name)
            {
                UserId = userId,
                SocketId = session.SocketId,
                Body = EventFrame.BodyOf(EventFrame.Create(message.Event.Raw, message.Data, key.Name), key.Name),
            });
        }

        if (cluster is not null && !isIsolated)
        {
            cluster.Events.Relay(key, frame, session.SocketId);
            return;
        }

        var recipients = hub.Deliver(key, frame, session.SocketId);
        latency.Record(subscription.Channel.Kind, recipients, time.GetElapsedTime(accepted));
    }

    private PusherError? Check(Session session, ClientMessage message, out Subscription? subscription)
    {
        subscription = null;
        // CE-6: "data": null is present.
        if (message.Data.Type == System.Text.Json.JsonTokenType.None || !message.Channel.TryGetString(out var channel))
            return Incomplete;
        if (!session.Scope.App.EnableClientMessages)
            return NotEnabled;
        if (!ChannelName.KindOf(channel).NeedsAuthorization)
            return WrongChannel;
        subscription = session.FindSubscription(channel);
        if (subscription is null)
            return new PusherError(null, $"Cannot broadcast client event (connection not subscribed to channel {PusherError.Shorten(channel)})");
        return CheckLimits(session, message);
    }

    private PusherError? CheckLimits(Session session, ClientMessage message)
    {
        var limits = session.Scope.Limits;
        if (!message.Event.TryGetDataLength(out var nameLength) || !message.Data.TryGetDataLength(out var length))
            return PusherError.InvalidJson; // F-10: a lone surrogate is no text
        // A name of so many bytes has not more characters; only a longer one has to be counted.
        if (nameLength > limits.MaxEventNameLength && message.Event.TryGetString(out var name)
            && name.EnumerateRunes().Count() > limits.MaxEventNameLength)
            return new PusherError(PusherError.LimitCode, $"Client event rejected: its name may have at most {limits.MaxEventNameLength} characters");
        if (length > limits.MaxEventDataBytes)
            return new PusherError(PusherError.LimitCode, $"Client event rejected: its data may have at most {limits.MaxEventDataBytes} bytes");

        // CE-3: only what passed everything else is metered.
        var rate = limits.MaxClientEventsPerSecond;
        var allowed = rate == int.MaxValue || session.ClientEvents.TryTake(rate, clock.Exact);
        session.Scope.Counters.RateLimitChecked(RateLimiterType.ClientEvent, refused: !allowed);
        return allowed ? null : TooFast;
    }
}
