using Microsoft.Extensions.Logging;
using Sockudo.Protocol;
using Sockudo.Protocol.Messages;
using Sockudo.Server.Channels;
using Sockudo.Server.Cluster;
using Sockudo.Server.Options;

namespace Sockudo.Server.Sessions;

/// <summary>Gives each message of a client to what handles its kind. One for all connections.</summary>
internal sealed partial class Dispatcher(
    Hub hub,
    ClusterNode? cluster,
    SubscribeHandler subscribe,
    SignInHandler signIn,
    ClientEventHandler clientEvents,
    SockudoOptions options,
    ILogger logger)
{
    /// <summary>What a connection is told when the quota of its app is used up.</summary>
    public PusherError OverQuota { get; } = PusherError.OverQuota(options.Websocket.QuotaCloseCode);

    /// <summary>Handles one text message; the bytes are not used any more once this has returned.</summary>
    public ValueTask DispatchAsync(Session session, ReadOnlySpan<byte> utf8)
    {
        // F-3, F-4: not JSON, not an object, or no event name.
        if (!ClientMessage.TryParse(utf8, out var message))
        {
            session.Send(ServerMessages.Error(PusherError.InvalidJson));
            return default;
        }

        if (logger.IsEnabled(LogLevel.Trace))
            LogMessage(logger, session.SocketId, message.Kind);
        switch (message.Kind)
        {
            case ClientMessageKind.Ping:
                session.Send(ServerMessages.Pong); // H-1
                break;
            case ClientMessageKind.Pong:
                break; // H-6
            case ClientMessageKind.Subscribe:
                return subscribe.SubscribeAsync(session, message.Data);
            case ClientMessageKind.Unsubscribe:
                subscribe.Unsubscribe(session, message.Data);
                break;
            case ClientMessageKind.SignIn:
                return signIn.SignInAsync(session, message.Data);
            case ClientMessageKind.ClientEvent:
                clientEvents.Relay(session, message);
                break;
            default:
                // F-7. The name has been decoded once already, so it can be again.
                message.Event.TryGetString(out var name);
                session.Send(ServerMessages.Error(PusherError.UnsupportedEvent(name!)));
                break;
        }

        return default;
    }

    /// <summary>S-17, U-6: a connection that ends leaves everything, as if it had unsubscribed.</summary>
    public void Leave(Session session)
    {
        var left = session.UnsubscribedFromAll();
        if (session.User is { } user)
        {
            if (user.Watchlist is { } watchlist)
                hub.Unwatch(session.Scope, watchlist);
            left.Add(user.Subscription);
            session.User = null;
        }

        if (left.Count == 0)
            return;
        // CL-2b: nothing reaches it any more, but it still counts.
        if (cluster is not null && session.Connection.CloseReason == PusherError.ReconnectImmediately)
            cluster.Hold(() => LeaveAll(left));
        else
            LeaveAll(left);
    }

    private void LeaveAll(List<Subscription> left)
    {
        foreach (var subscription in left)
        {
            hub.Leave(subscription);
            cluster?.ChannelTopics.Release(subscription.Channel.Key);
        }
    }

    [LoggerMessage(1, LogLevel.Trace, "message received  socket={Socket} kind={Kind}")]
    private static partial void LogMessage(ILogger logger, string socket, ClientMessageKind kind);
}
