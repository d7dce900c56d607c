using Microsoft.Extensions.Logging;
using Sockudo.Protocol;
using Sockudo.Protocol.Channels;
using Sockudo.Protocol.Json;
using Sockudo.Protocol.Messages;
using Sockudo.Protocol.Signatures;
using Sockudo.Protocol.WebSockets;
using Sockudo.Server.Backends;
using Sockudo.Server.Caching;
using Sockudo.Server.Channels;
using Sockudo.Server.Cluster;
using Sockudo.Server.Health;
using Sockudo.Server.Metrics;
using Sockudo.Server.Options;
using Sockudo.Server.Webhooks;

namespace Sockudo.Server.Sessions;

/// <summary><c>pusher:subscribe</c> and <c>pusher:unsubscribe</c> (sections 5 to 8).</summary>
internal sealed partial class SubscribeHandler(
    Hub hub, ChannelTopics? topics, Replays? replays, IEventCache cache, ChannelGates gates, CacheMisses cacheMisses, NodeHealth health, SockudoOptions options,
    ILogger logger)
{
    private readonly WebsocketOptions _options = options.Websocket;

    /// <summary>Handles one subscribe request; <paramref name="data"/> is not used any more once this has returned.</summary>
    public ValueTask SubscribeAsync(Session session, JsonValue data)
    {
        if (ReadChannel(session, data, out var request, out var kind) is not { } channel)
            return default;
        if (kind.IsUser)
        {
            SubscribeToUser(session, channel);
            return default;
        }

        PresenceMember? user = null;
        if (kind.NeedsAuthorization && !IsAuthorized(session, channel, kind, request, out user))
            return default;

        // S-6: only who has shown a valid signature learns of the existing subscription.
        if (session.FindSubscription(channel) is { } existing)
        {
            AnswerExisting(session, existing);
            return default;
        }

        if (_options.MaxSubscriptionsPerConnection is > 0 and var limit && session.SubscriptionCount >= limit)
        {
            var error = new PusherError(PusherError.OverCapacityCode, $"A connection may have at most {limit} subscriptions");
            Refuse(session, channel, kind, error, SubscriptionRefusal.Limit);
            return default;
        }

        // Subscriptions are what a single client can take memory with; a node that is short of it takes no more of them.
        if (health.IsOverMemoryThreshold)
        {
            Refuse(session, channel, kind, PusherError.OverCapacity, SubscriptionRefusal.Limit);
            return default;
        }

        if (kind.NeedsAuthorization && !session.Authorize())
            return default;
        if (kind.IsCache)
            return JoinCacheChannelAsync(session, channel, kind, user);
        if (topics?.AcquireAsync(new ChannelKey(session.Scope, channel)) is { IsCompleted: false } acquiring)
            return JoinAsync(session, channel, kind, user, acquiring);
        Join(session, channel, kind, user, afterwards: null);
        return default;
    }

    /// <summary>Handles one unsubscribe request: no acknowledgement (S-13), but an error for what is not subscribed (S-14).</summary>
    public void Unsubscribe(Session session, JsonValue data)
    {
        if (ReadChannel(session, data, out _, out var kind) is not { } channel)
            return;
        if (kind.IsUser && session.User is { } user && user.Subscription.Channel.Key.Name == channel && !user.Subscription.IsMuted)
        {
            user.HasSubscribed = false;
            hub.Mute(user.Subscription, isMuted: true, answer: null);
        }
        else if (session.FindSubscription(channel) is { } subscription)
        {
            session.Unsubscribed(subscription);
            hub.Leave(subscription);
            topics?.Release(subscription.Channel.Key);
        }
        else
        {
            session.Send(ServerMessages.Error(
                new PusherError(null, $"No current subscription to channel {channel}, or subscription in progress")));
        }
    }

    // S-3, S-4, S-15. Null when the client has been told what is wrong.
    private string? ReadChannel(Session session, JsonValue data, out SubscribeRequest request, out ChannelKind kind)
    {
        kind = default;
        PusherError error;
        if (data.IsAbsent || !SubscribeRequest.TryParse(data, out request))
        {
            request = default;
            error = new PusherError(null, data.IsAbsent ? "Missing parameter: data" : "Invalid parameter: data must be an object");
        }
        else if (request.Channel.IsAbsent || (request.Channel.IsString && request.Channel.Content.IsEmpty))
        {
            error = new PusherError(null, "Missing parameter: data.channel");
        }
        else if (!request.Channel.TryGetString(out var channel))
        {
            error = new PusherError(null, "Invalid channel name: it must be a string");
        }
        else if (!ChannelName.IsValid(channel, session.Scope.Limits.MaxChannelNameLength))
        {
            Refuse(
                session, PusherError.Shorten(channel), ChannelName.KindOf(channel),
                new PusherError(null, $"Invalid channel name: {PusherError.Shorten(channel)}"), SubscriptionRefusal.InvalidChannel);
            return null;
        }
        else
        {
            kind = ChannelName.KindOf(channel);
            return channel;
        }

        session.Scope.Counters.SubscriptionRefused(SubscriptionRefusal.InvalidData);
        session.Send(ServerMessages.Error(error));
        return null;
    }

    // U-10: "acknowledged ... if and only if this connection is signed in as exactly that id".
    private void SubscribeToUser(Session session, string channel)
    {
        if (session.User is not { } user || user.Subscription.Channel.Key.Name != channel)
        {
            var error = new PusherError(null, $"Not signed in as the user of channel {PusherError.Shorten(channel)}");
            Refuse(session, channel, ChannelKind.User, error, SubscriptionRefusal.Auth);
        }
        else if (user.HasSubscribed)
        {
            AnswerExisting(session, user.Subscription);
        }
        else
        {
            user.HasSubscribed = true;
            hub.Mute(user.Subscription, isMuted: false, ServerMessages.SubscriptionSucceeded(channel));
        }
    }

    // S-8 to S-12, P-1 to P-6: the signature before the content.
    private bool IsAuthorized(Session session, string channel, ChannelKind kind, SubscribeRequest request, out PresenceMember? user)
    {
        user = null;
        request.Auth.TryGetString(out var auth);
        var hasChannelData = request.ChannelData.TryGetString(out var channelData);
        // S-9: null, absent or no string = not signed; an empty one may be signed either way.
        var app = session.Scope.App;
        var withData = SocketAuth.ChannelString(session.SocketId, channel, channelData);
        var withoutData = channelData is { Length: 0 } ? SocketAuth.ChannelString(session.SocketId, channel, null) : null;
        if (SocketAuth.Check(auth, app.Key, session.Scope.SigningKey, withData, withoutData) is { } refusal)
        {
            Refuse(session, channel, kind, refusal, SubscriptionRefusal.Auth);
            return false;
        }

        if (!kind.IsPresence)
            return true;

        PusherError? error;
        if (hasChannelData)
            user = PresenceMember.Parse(channelData!, out error);
        else if (!request.ChannelData.IsAbsent)
            error = new PusherError(null, "Invalid channel_data: it must be a string of JSON");
        else
            user = FromSignIn(session, channel, out error);

        var limit = session.Scope.Limits.MaxPresenceMemberBytes;
        if (user?.Info?.Length > limit)
        {
            // P-3.
            user = null;
            Refuse(
                session, channel, kind, new PusherError(PusherError.LimitCode, $"user_info may have at most {limit} bytes"),
                SubscriptionRefusal.Limit);
        }
        else if (user is null)
        {
            Refuse(session, channel, kind, error!, SubscriptionRefusal.InvalidData);
        }

        return user is not null;
    }

    // P-5: without channel_data the user is the one who signed in.
    private static PresenceMember? FromSignIn(Session session, string channel, out PusherError? error)
    {
        error = null;
        if (session.User is { } user)
            return new PresenceMember(user.Data.Id, isNumericId: false, user.Data.Info);
        error = new PusherError(null, $"{channel} is a presence channel and subscription must include channel_data");
        return null;
    }

    // S-5.
    private void AnswerExisting(Session session, Subscription existing)
    {
        var channel = existing.Channel.Key.Name;
        if (_options.ReacknowledgeSubscriptions)
        {
            hub.Reacknowledge(existing);
            return;
        }

        session.Scope.Counters.SubscriptionRefused(SubscriptionRefusal.Existing);
        session.Send(ServerMessages.Error(new PusherError(null, $"Existing subscription to channel {channel}")));
    }

    // What other nodes publish must arrive here before the client is told that it is subscribed.
    private async ValueTask JoinAsync(Session session, string channel, ChannelKind kind, PresenceMember? user, Task acquiring)
    {
        await acquiring.ConfigureAwait(false);
        Join(session, channel, kind, user, afterwards: null);
    }

    // K-3, K-6. A failing cache costs the replay, not the subscription.
    private async ValueTask JoinCacheChannelAsync(Session session, string channel, ChannelKind kind, PresenceMember? user)
    {
        var app = session.Scope;
        if (topics is not null)
            await topics.AcquireAsync(new ChannelKey(app, channel)).ConfigureAwait(false);
        using var turn = await gates.EnterAsync(app.App.Id, channel).ConfigureAwait(false);
        var isAway = false;
        CachedEvent? cached = null;
        try
        {
            cached = await cache.GetAsync(app.App.Id, channel, CancellationToken.None).ConfigureAwait(false);
        }
        catch (BackendException)
        {
            // storage.md 3: "a subscription gets pusher:cache_miss without webhook".
            isAway = true;
        }

        var afterwards = cached is { } found ? EventFrame.FromBody(found.Body, channel) : ServerMessages.CacheMiss(channel);
        if (!Join(session, channel, kind, user, afterwards))
            return;
        if (cached?.Origin is { } origin)
            replays?.Add(new ChannelKey(app, channel), session.SocketId, origin);
        if (cached is null && !isAway)
            cacheMisses.Missed(app, channel);
    }

    private bool Join(Session session, string channel, ChannelKind kind, PresenceMember? user, Frame? afterwards)
    {
        var subscription = hub.TryJoin(new ChannelKey(session.Scope, channel), session.Connection, user, afterwards);
        if (subscription is null)
        {
            topics?.Release(new ChannelKey(session.Scope, channel));
            // P-16.
            var error = new PusherError(
                PusherError.OverCapacityCode, $"Presence channel {channel} is full: it may have at most {session.Scope.Limits.MaxPresenceMembersPerChannel} users");
            Refuse(session, channel, kind, error, SubscriptionRefusal.Limit);
            return false;
        }

        session.Subscribed(subscription);
        if (logger.IsEnabled(LogLevel.Debug))
            LogSubscribed(logger, session.Scope.App.Id, channel, session.SocketId);
        return true;
    }

    // S-20: first pusher:error, then the event for the channel, except where clients would try to decrypt it.
    private void Refuse(Session session, string channel, ChannelKind kind, PusherError error, SubscriptionRefusal refusal)
    {
        session.Scope.Counters.SubscriptionRefused(refusal);
        session.Send(ServerMessages.Error(error));
        if (_options.SubscriptionErrorEvent && !kind.IsEncrypted)
        {
            var (type, status) = refusal switch
            {
                SubscriptionRefusal.Limit => ("LimitReached", error.Code!.Value),
                SubscriptionRefusal.InvalidChannel => ("InvalidChannel", 4009),
                _ => ("AuthError", 401),
            };
            session.Send(ServerMessages.SubscriptionError(channel, type, error.Message, status));
        }

        if (logger.IsEnabled(LogLevel.Debug))
            LogRefused(logger, session.Scope.App.Id, channel, session.SocketId, refusal);
    }

    [LoggerMessage(1, LogLevel.Debug, "subscribed  app={App} channel={Channel} socket={Socket}")]
    private static partial void LogSubscribed(ILogger logger, string app, string channel, string socket);

    [LoggerMessage(2, LogLevel.Debug, "subscription refused  app={App} channel={Channel} socket={Socket} reason={Reason}")]
    private static partial void LogRefused(ILogger logger, string app, string channel, string socket, SubscriptionRefusal reason);
}
