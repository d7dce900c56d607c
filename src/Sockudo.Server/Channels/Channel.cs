using Sockudo.Protocol.Channels;
using Sockudo.Protocol.Messages;
using Sockudo.Protocol.WebSockets;
using Sockudo.Server.Cluster;
using Sockudo.Server.Connections;
using Sockudo.Server.Inspection;

namespace Sockudo.Server.Channels;

/// <summary>
/// One channel that somebody is subscribed to, here or on another node, or that watchers wait for: its subscriptions in a dense list, what
/// other nodes say that they have, its members, its watchers. Every member is guarded by the lock of the channel's shard of the <see cref="Hub"/>.
/// </summary>
internal sealed class Channel(ChannelKey key)
{
    private Place[] _places = new Place[1];
    private int _count;
    private Dictionary<string, Member>? _members;
    private Dictionary<Watchlist, int>? _watchers;
    private PeerShare[] _peers = [];
    private int _peerSubscriptions;

    public ChannelKey Key { get; } = key;

    public ChannelKind Kind { get; } = ChannelName.KindOf(key.Name);

    /// <summary>Connections subscribed on this node.</summary>
    public int LocalCount => Volatile.Read(ref _count);

    /// <summary>Connections subscribed on all nodes.</summary>
    public int SubscriptionCount => _count + _peerSubscriptions;

    /// <summary>Distinct users on all nodes.</summary>
    public int UserCount => _members?.Count ?? 0;

    /// <summary>Nothing would be lost with this object.</summary>
    public bool IsUnused => _count == 0 && _peers.Length == 0 && _watchers is not { Count: > 0 };

    /// <summary>Other nodes with subscriptions.</summary>
    public IEnumerable<NodeId> Peers => _peers.Where(static share => share.Subscriptions > 0).Select(static share => share.Peer);

    /// <summary>The number of local subscriptions has changed and is still to be told; guarded by <see cref="OwnChanges"/>.</summary>
    public bool IsCountUntold { get; set; }

    /// <summary>When a subscription count was last announced, and whether another one waits (SC-2). Milliseconds.</summary>
    public long CountAnnounced { get; set; } = long.MinValue / 2;

    /// <inheritdoc cref="CountAnnounced"/>
    public bool IsCountPending { get; set; }

    /// <summary>The users, in no particular order.</summary>
    public IReadOnlyList<PresenceMember> Users => _members is null ? [] : [.. _members.Values.Select(static member => member.User)];

    /// <summary>The users and where they are, in no particular order.</summary>
    public IReadOnlyList<MemberListing> Members =>
        _members is null ? [] : [.. _members.Values.Select(static member => new MemberListing(member.User, member.Connections, member.Peers))];

    /// <summary>The users with connections on this node.</summary>
    public IEnumerable<PresenceMember> LocalUsers =>
        _members is null ? [] : _members.Values.Where(static member => member.Connections > 0).Select(static member => member.User);

    /// <summary>The connections subscribed on this node.</summary>
    public IReadOnlyList<Connection> Connections => [.. _places.Take(_count).Select(static place => place.Subscription.Connection)];

    public Member? FindMember(string userId) => _members?.GetValueOrDefault(userId);

    /// <summary>Adds a connection; true if it is the first of its user on this node.</summary>
    public bool Add(Subscription subscription)
    {
        if (_count == _places.Length)
            Array.Resize(ref _places, _count * 2);
        subscription.Index = _count;
        _places[_count++] = new Place(subscription.Connection, subscription);

        if (subscription.Member is not { } member || ++member.Connections > 1)
            return false;
        if (member.Peers == 0)
            Keep(member);
        return true;
    }

    /// <summary>Removes a connection; true if it was the last one of its user on this node.</summary>
    public bool Remove(Subscription subscription)
    {
        var last = _places[--_count];
        _places[subscription.Index] = last;
        last.Subscription.Index = subscription.Index;
        _places[_count] = default;
        if (_places.Length > 8 && _count < _places.Length / 4)
            Array.Resize(ref _places, _places.Length / 2);

        if (subscription.Member is not { } member || --member.Connections > 0)
            return false;
        if (member.Peers == 0)
            _members!.Remove(member.User.Id);
        return true;
    }

    /// <summary>What another node has; null if nothing.</summary>
    public PeerShare? ShareOf(NodeId peer) => Array.Find(_peers, share => share.Peer == peer);

    /// <summary>Another node has so many subscriptions.</summary>
    public void SetSubscriptions(NodeId peer, int count)
    {
        var share = ShareOf(peer) ?? AddShare(peer);
        _peerSubscriptions += count - share.Subscriptions;
        share.Subscriptions = count;
        RemoveIfEmpty(share);
    }

    /// <summary>A user has a connection on another node; true if nobody knew of him in this channel.</summary>
    public bool AddMember(NodeId peer, PresenceMember user)
    {
        var share = ShareOf(peer) ?? AddShare(peer);
        if (!share.UserIds.Add(user.Id))
            return false;
        var member = FindMember(user.Id);
        var isNew = member is null;
        if (member is null)
            Keep(member = new Member(user));
        member.Peers++;
        return isNew;
    }

    /// <summary>A user has no connection on another node any more; true if he has none anywhere.</summary>
    public bool RemoveMember(NodeId peer, string userId)
    {
        if (ShareOf(peer) is not { } share || !share.UserIds.Remove(userId))
            return false;
        RemoveIfEmpty(share);
        var member = FindMember(userId)!;
        member.Peers--;
        return member is { Peers: 0, Connections: 0 } && _members!.Remove(userId);
    }

    /// <summary>Lets a subscription receive nothing for now, or again (S-13).</summary>
    public void Mute(Subscription subscription, bool isMuted)
    {
        subscription.IsMuted = isMuted;
        _places[subscription.Index] = new Place(isMuted ? null : subscription.Connection, subscription);
    }

    /// <summary>Gives a frame to every subscription but one; returns how many got it.</summary>
    /// <param name="frame">The frame, shared by all.</param>
    /// <param name="exceptSocketId">The connection that does not get it (T-5, CE-4); null = all do.</param>
    /// <param name="batch">Takes the connections that must be woken.</param>
    public int Send(Frame frame, string? exceptSocketId, WriteBatch batch)
    {
        var sent = 0;
        foreach (var place in _places.AsSpan(0, _count))
        {
            if (place.Recipient is not { } recipient || (exceptSocketId is not null && recipient.Session!.SocketId == exceptSocketId))
                continue;
            batch.Add(recipient, frame);
            sent++;
        }

        return sent;
    }

    /// <summary>Adds a watcher of this user channel.</summary>
    /// <param name="watchlist">The watcher.</param>
    /// <param name="position">Where the user stands in its list.</param>
    public void Watch(Watchlist watchlist, int position) => (_watchers ??= []).Add(watchlist, position);

    public void Unwatch(Watchlist watchlist) => _watchers!.Remove(watchlist);

    /// <summary>WL-3: tells the watchers that the user came online or went offline.</summary>
    public void NotifyWatchers(bool isOnline)
    {
        if (_watchers is not { Count: > 0 })
            return;
        string[] user = [Key.Name[ChannelName.UserPrefix.Length..]];
        var frame = isOnline ? ServerMessages.WatchlistEvents(user, []) : ServerMessages.WatchlistEvents([], user);
        foreach (var (watchlist, position) in _watchers)
            watchlist.Changed(position, isOnline, frame!);
    }

    private void Keep(Member member) => (_members ??= new Dictionary<string, Member>(StringComparer.Ordinal)).Add(member.User.Id, member);

    private PeerShare AddShare(NodeId peer)
    {
        var share = new PeerShare(peer);
        _peers = [.. _peers, share];
        return share;
    }

    private void RemoveIfEmpty(PeerShare share)
    {
        if (share.IsEmpty)
            _peers = [.. _peers.Where(other => other != share)];
    }

    /// <summary>
    /// One subscription. The connection stands beside it, so that a fan-out reads the list and the connections and nothing between.
    /// </summary>
    /// <param name="Recipient">Gets the channel's messages; null while muted.</param>
    /// <param name="Subscription">Knows its place.</param>
    private readonly record struct Place(Connection? Recipient, Subscription Subscription);
}
