using Sockudo.Protocol.Channels;
using Sockudo.Protocol.Messages;
using Sockudo.Protocol.WebSockets;
using Sockudo.Server.Connections;

namespace Sockudo.Server.Channels;

/// <summary>
/// One channel that somebody is subscribed to, or that watchers wait for: its subscriptions in a dense list, its members,
/// its watchers. Every member is guarded by the lock of the channel's shard of the <see cref="Hub"/>.
/// </summary>
internal sealed class Channel(ChannelKey key)
{
    private Place[] _places = new Place[1];
    private int _count;
    private Dictionary<string, Member>? _members;
    private Dictionary<Watchlist, int>? _watchers;

    public ChannelKey Key { get; } = key;

    public ChannelKind Kind { get; } = ChannelName.KindOf(key.Name);

    /// <summary>Connections subscribed.</summary>
    public int SubscriptionCount => _count;

    /// <summary>Distinct users.</summary>
    public int UserCount => _members?.Count ?? 0;

    /// <summary>Nothing would be lost with this object.</summary>
    public bool IsUnused => _count == 0 && _watchers is not { Count: > 0 };

    /// <summary>When a subscription count was last announced, and whether another one waits (SC-2). Milliseconds.</summary>
    public long CountAnnounced { get; set; } = long.MinValue / 2;

    /// <inheritdoc cref="CountAnnounced"/>
    public bool IsCountPending { get; set; }

    /// <summary>The users, in no particular order.</summary>
    public IReadOnlyList<PresenceMember> Users => _members is null ? [] : [.. _members.Values.Select(static member => member.User)];

    /// <summary>The connections subscribed.</summary>
    public IReadOnlyList<Connection> Connections => [.. _places.Take(_count).Select(static place => place.Subscription.Connection)];

    public Member? FindMember(string userId) => _members?.GetValueOrDefault(userId);

    /// <summary>Adds a connection; true if its user is new here.</summary>
    public bool Add(Subscription subscription)
    {
        if (_count == _places.Length)
            Array.Resize(ref _places, _count * 2);
        subscription.Index = _count;
        _places[_count++] = new Place(subscription.Connection, subscription);

        if (subscription.Member is not { } member || ++member.Connections > 1)
            return false;
        (_members ??= new Dictionary<string, Member>(StringComparer.Ordinal)).Add(member.User.Id, member);
        return true;
    }

    /// <summary>Removes a connection; true if it was the last one of its user here.</summary>
    public bool Remove(Subscription subscription)
    {
        var last = _places[--_count];
        _places[subscription.Index] = last;
        last.Subscription.Index = subscription.Index;
        _places[_count] = default;
        if (_places.Length > 8 && _count < _places.Length / 4)
            Array.Resize(ref _places, _places.Length / 2);

        return subscription.Member is { } member && --member.Connections == 0 && _members!.Remove(member.User.Id);
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

    /// <summary>
    /// One subscription. The connection stands beside it, so that a fan-out reads the list and the connections and nothing between.
    /// </summary>
    /// <param name="Recipient">Gets the channel's messages; null while muted.</param>
    /// <param name="Subscription">Knows its place.</param>
    private readonly record struct Place(Connection? Recipient, Subscription Subscription);
}
