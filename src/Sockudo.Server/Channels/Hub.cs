using Sockudo.Protocol.Channels;
using Sockudo.Protocol.Messages;
using Sockudo.Protocol.WebSockets;
using Sockudo.Server.Apps;
using Sockudo.Server.Cluster;
using Sockudo.Server.Connections;
using Sockudo.Server.Webhooks;

namespace Sockudo.Server.Channels;

/// <summary>
/// The only owner of channel state: who is subscribed to what. 256 shards by hash of the channel's key, each a dictionary
/// and a lock. Inside a lock there is data-structure work and queueing of frames only; whatever one subscriber is told
/// about a channel is queued under that channel's lock, so all see the same order (F-13, O-1). Safe from any thread.
/// </summary>
internal sealed partial class Hub
{
    private const int ShardCount = 256;

    private readonly Shard[] _shards = [.. Enumerable.Range(0, ShardCount).Select(static _ => new Shard())];
    private readonly WriteLoops _loops;
    private readonly SubscriptionCounts _counts;
    private readonly IWebhookSink _webhooks;
    private readonly OwnChanges? _changes;

    /// <param name="loops">Send what is queued.</param>
    /// <param name="counts">Announces numbers of subscriptions.</param>
    /// <param name="webhooks">Takes what apps want to hear of.</param>
    /// <param name="changes">Takes what other nodes must know; null if there are none.</param>
    public Hub(WriteLoops loops, SubscriptionCounts counts, IWebhookSink webhooks, OwnChanges? changes = null)
    {
        _loops = loops;
        _counts = counts;
        _webhooks = webhooks;
        _changes = changes;
    }

    /// <summary>The lock that guards this channel.</summary>
    public Lock LockOf(ChannelKey key) => ShardOf(key).Gate;

    /// <summary>
    /// Subscribes a connection: sends it <c>subscription_succeeded</c> with the roster as of this moment, then
    /// <paramref name="afterwards"/>, and tells the other members (P-9, P-10, K-3). The connection must not be subscribed
    /// already.
    /// </summary>
    /// <param name="key">The channel.</param>
    /// <param name="connection">The connection.</param>
    /// <param name="user">Who joins a presence channel; null on others.</param>
    /// <param name="afterwards">A cached event or cache miss (K-3); null for nothing.</param>
    /// <returns>The subscription; null if a presence channel has no room for another user (P-16).</returns>
    public Subscription? TryJoin(ChannelKey key, Connection connection, PresenceMember? user, Frame? afterwards)
    {
        var shard = ShardOf(key);
        lock (shard.Gate)
        {
            var channel = shard.GetOrAdd(key);
            var member = user is null ? null : channel.FindMember(user.Id);
            if (user is not null && member is null)
            {
                // P-16: only another user is too many; another connection of a member is always welcome.
                if (channel.UserCount >= key.App.Limits.MaxPresenceMembersPerChannel)
                {
                    shard.RemoveIfUnused(channel);
                    return null;
                }

                member = new Member(user);
            }

            var subscription = new Subscription(channel, connection, member);
            var isFirstOfUser = channel.Add(subscription);
            Joined(channel, subscription, isFirstOfUser, afterwards);
            return subscription;
        }
    }

    /// <summary>Ends a subscription; nothing of the channel is queued for the connection after this (S-13).</summary>
    public void Leave(Subscription subscription)
    {
        var channel = subscription.Channel;
        var key = channel.Key;
        var shard = ShardOf(key);
        lock (shard.Gate)
        {
            var wasLastOfUser = channel.Remove(subscription);
            key.App.Counters.Unsubscribed(channel.Kind, wasLast: channel.LocalCount == 0);
            if (wasLastOfUser)
            {
                var member = subscription.Member!;
                _changes?.Add(StateChange.MemberRemoved(key.App.App.Id, key.Name, member.User.Id));
                if (member.Peers == 0)
                    MemberRemoved(channel, member.User.Id);
            }

            TellCount(channel, isOccupancy: channel.LocalCount == 0);
            CountChanged(channel, before: channel.SubscriptionCount + 1);
            shard.RemoveIfUnused(channel);
        }
    }

    /// <summary>
    /// A connection has signed in: it joins the hidden channel of its user, where everything for the user arrives without
    /// being subscribed to (U-12). <paramref name="success"/> is queued first.
    /// </summary>
    public Subscription SignIn(ChannelKey userChannel, Connection connection, Frame success)
    {
        var shard = ShardOf(userChannel);
        lock (shard.Gate)
        {
            var channel = shard.GetOrAdd(userChannel);
            var subscription = new Subscription(channel, connection, member: null);
            channel.Add(subscription);
            userChannel.App.Counters.Subscribed(channel.Kind, isFirst: channel.LocalCount == 1);
            SendTo(connection, userChannel.App, success);
            TellCount(channel, isOccupancy: channel.LocalCount == 1);
            CountChanged(channel, before: channel.SubscriptionCount - 1);
            return subscription;
        }
    }

    /// <summary>S-13, U-12: switches a connection's user channel off or on again; <paramref name="answer"/> is queued with it.</summary>
    public void Mute(Subscription subscription, bool isMuted, Frame? answer)
    {
        lock (LockOf(subscription.Channel.Key))
        {
            subscription.Channel.Mute(subscription, isMuted);
            if (answer is not null)
                SendTo(subscription.Connection, subscription.Channel.Key.App, answer);
        }
    }

    /// <summary>S-5: sends <c>subscription_succeeded</c> again, without any other effect.</summary>
    public void Reacknowledge(Subscription subscription)
    {
        lock (LockOf(subscription.Channel.Key))
            SendTo(subscription.Connection, subscription.Channel.Key.App, Success(subscription));
    }

    /// <summary>Begins to report on all users of a watchlist; it knows their present state when this returns.</summary>
    public void Watch(AppScope app, Watchlist watchlist)
    {
        for (var position = 0; position < watchlist.UserIds.Count; position++)
        {
            var key = UserChannel(app, watchlist.UserIds[position]);
            var shard = ShardOf(key);
            lock (shard.Gate)
            {
                var channel = shard.GetOrAdd(key);
                channel.Watch(watchlist, position);
                watchlist.Found(position, channel.SubscriptionCount > 0);
            }
        }
    }

    /// <summary>Ends what <see cref="Watch"/> began.</summary>
    public void Unwatch(AppScope app, Watchlist watchlist)
    {
        foreach (var userId in watchlist.UserIds)
        {
            var key = UserChannel(app, userId);
            var shard = ShardOf(key);
            lock (shard.Gate)
            {
                var channel = shard.Find(key)!;
                channel.Unwatch(watchlist);
                shard.RemoveIfUnused(channel);
            }
        }
    }

    /// <summary>Queues a frame for every subscriber on this node; returns how many there were.</summary>
    /// <param name="key">The channel; need not exist (T-7).</param>
    /// <param name="frame">The frame, shared by all of them.</param>
    /// <param name="exceptSocketId">The connection that does not get it; null = all do.</param>
    public int Deliver(ChannelKey key, Frame frame, string? exceptSocketId)
    {
        var shard = ShardOf(key);
        lock (shard.Gate)
        {
            return shard.Find(key) is { } channel ? Deliver(channel, frame, exceptSocketId) : 0;
        }
    }

    /// <summary>Queues a frame for the subscribers on this node but some; returns how many there were.</summary>
    /// <param name="key">The channel; need not exist.</param>
    /// <param name="frame">The frame, shared by all of them.</param>
    /// <param name="exceptSocketIds">The connections that do not get it.</param>
    public int Deliver(ChannelKey key, Frame frame, IReadOnlySet<string> exceptSocketIds)
    {
        var shard = ShardOf(key);
        lock (shard.Gate)
        {
            if (shard.Find(key) is not { } channel)
                return 0;
            var recipients = channel.Connections.Where(connection => !exceptSocketIds.Contains(connection.Session!.SocketId)).ToList();
            foreach (var connection in recipients)
                SendTo(connection, key.App, frame);
            return recipients.Count;
        }
    }

    /// <summary>The connections on this node that are signed in as a user (U-16).</summary>
    public IReadOnlyList<Connection> ConnectionsOf(ChannelKey userChannel)
    {
        var shard = ShardOf(userChannel);
        lock (shard.Gate)
            return shard.Find(userChannel)?.Connections ?? [];
    }

    /// <summary>Raises an event for webhooks in the channel's order.</summary>
    public void Raise(ChannelKey key, WebhookEvent webhook)
    {
        lock (LockOf(key))
            _webhooks.Raise(key.App, webhook);
    }

    /// <summary>The hidden channel of a user.</summary>
    public static ChannelKey UserChannel(AppScope app, string userId) => new(app, ChannelName.UserPrefix + userId);

    private void Joined(Channel channel, Subscription subscription, bool isFirstOfUser, Frame? afterwards)
    {
        var key = channel.Key;
        var connection = subscription.Connection;
        key.App.Counters.Subscribed(channel.Kind, isFirst: channel.LocalCount == 1);
        SendTo(connection, key.App, Success(subscription));
        if (afterwards is not null)
            SendTo(connection, key.App, afterwards);

        TellCount(channel, isOccupancy: channel.LocalCount == 1);
        CountChanged(channel, before: channel.SubscriptionCount - 1);
        if (isFirstOfUser)
        {
            var member = subscription.Member!;
            _changes?.Add(StateChange.MemberAdded(key.App.App.Id, key.Name, member.User));
            if (member.Peers == 0)
                MemberAdded(channel, member.User, connection.Session!.SocketId);
        }
    }

    // What other nodes must know: that the channel is occupied or not any more at once, its number of subscriptions when it is convenient.
    private void TellCount(Channel channel, bool isOccupancy)
    {
        if (isOccupancy)
            _changes?.OccupancyChanged(channel);
        else
            _changes?.CountChanged(channel);
    }

    // The number of subscriptions on all nodes has changed. WH-9: on the first join channel_occupied comes before member_added, on the last leave
    // channel_vacated after member_removed; so this is called first there and last here.
    private void CountChanged(Channel channel, int before, bool isTold = false)
    {
        var now = channel.SubscriptionCount;
        if (channel.Kind.IsUser)
        {
            if ((before == 0) != (now == 0))
                channel.NotifyWatchers(isOnline: now > 0);
            return;
        }

        if (before == 0 && now > 0)
            Raise(channel.Key, WebhookEventType.ChannelOccupied, userId: null, isTold);
        if (before != now)
            _counts.Changed(channel);
        if (before > 0 && now == 0)
            Raise(channel.Key, WebhookEventType.ChannelVacated, userId: null, isTold);
    }

    // P-10.
    private void MemberAdded(Channel channel, PresenceMember user, string? exceptSocketId, bool isTold = false)
    {
        if (channel.LocalCount > (exceptSocketId is null ? 0 : 1))
            Deliver(channel, ServerMessages.MemberAdded(channel.Key.Name, user), exceptSocketId);
        Raise(channel.Key, WebhookEventType.MemberAdded, user.Id, isTold);
    }

    // P-11.
    private void MemberRemoved(Channel channel, string userId, bool isTold = false)
    {
        if (channel.LocalCount > 0)
            Deliver(channel, ServerMessages.MemberRemoved(channel.Key.Name, userId), exceptSocketId: null);
        Raise(channel.Key, WebhookEventType.MemberRemoved, userId, isTold);
    }

    private static Frame Success(Subscription subscription) => subscription.Member is null
        ? ServerMessages.SubscriptionSucceeded(subscription.Channel.Key.Name)
        : ServerMessages.SubscriptionSucceeded(subscription.Channel.Key.Name, subscription.Channel.Users);

    private int Deliver(Channel channel, Frame frame, string? exceptSocketId)
    {
        var batch = WriteBatch.For(_loops);
        var recipients = channel.Send(frame, exceptSocketId, batch);
        batch.Schedule();
        channel.Key.App.Counters.MessagesSent(recipients, frame.PayloadLength);
        return recipients;
    }

    private static void SendTo(Connection connection, AppScope app, Frame frame)
    {
        connection.Send(frame);
        app.Counters.MessagesSent(1, frame.PayloadLength);
    }

    private void Raise(ChannelKey key, WebhookEventType type, string? userId, bool isTold)
    {
        if (key.App.Follows(type))
            _webhooks.Raise(key.App, new WebhookEvent(type, key.Name) { UserId = userId, IsTold = isTold });
    }

    private Shard ShardOf(ChannelKey key) => _shards[(uint)key.GetHashCode() % ShardCount];

    private sealed class Shard
    {
        public Lock Gate { get; } = new();

        public Dictionary<ChannelKey, Channel> Channels { get; } = [];

        public Channel? Find(ChannelKey key) => Channels.GetValueOrDefault(key);

        public Channel GetOrAdd(ChannelKey key)
        {
            if (!Channels.TryGetValue(key, out var channel))
                Channels.Add(key, channel = new Channel(key));
            return channel;
        }

        public void RemoveIfUnused(Channel channel)
        {
            if (channel.IsUnused)
                Channels.Remove(channel.Key);
        }
    }
}
