using Sockudo.Protocol;
using Sockudo.Protocol.Channels;
using Sockudo.Server.Apps;
using Sockudo.Server.Channels;
using Sockudo.Server.Connections;
using Sockudo.Server.Sessions;

namespace Sockudo.Server.Inspection;

/// <summary>
/// Looks at channels and connections from the outside, for people. No answer is of one moment: locks are held for a part of the state at a time, and never while
/// an answer is written, so that looking at a large server does not hold its messages up. Safe from any thread.
/// </summary>
internal sealed class Inspector(Hub hub, ConnectionRegistry connections, CoarseClock clock, TimeProvider time)
{
    private static readonly Comparer<ChannelListing> ByName = Comparer<ChannelListing>.Create(static (a, b) => string.CompareOrdinal(a.Name, b.Name));

    private static readonly Comparer<MemberListing> ByUser = Comparer<MemberListing>.Create(static (a, b) => string.CompareOrdinal(a.User.Id, b.User.Id));

    private static readonly Comparer<Session> ByAge = Comparer<Session>.Create(static (a, b) =>
        a.Since != b.Since ? a.Since.CompareTo(b.Since) : string.CompareOrdinal(a.SocketId, b.SocketId));

    /// <summary>Occupied channels of an app, without those of users, by name.</summary>
    /// <param name="app">The app.</param>
    /// <param name="prefix">How their names begin.</param>
    /// <param name="after">Name of the last one that was shown; empty for the first page.</param>
    /// <param name="limit">Channels of a page.</param>
    public Page<ChannelListing> Channels(AppScope app, string prefix, string after, int limit)
    {
        var page = new PageBuilder<ChannelListing>(limit, ByName);
        hub.Visit(app, channel =>
        {
            if (!channel.Kind.IsUser && channel.Key.Name.StartsWith(prefix, StringComparison.Ordinal))
                page.Add(Listing(channel), string.CompareOrdinal(channel.Key.Name, after) <= 0);
        });
        return page.Build();
    }

    /// <summary>One channel; null if nobody is subscribed.</summary>
    public ChannelListing? Channel(AppScope app, string name) => hub.Look(new ChannelKey(app, name), static channel => (ChannelListing?)Listing(channel));

    /// <summary>The users of a presence channel, by id.</summary>
    /// <param name="app">The app.</param>
    /// <param name="channel">Name of the channel.</param>
    /// <param name="after">Id of the last one that was shown; null for the first page.</param>
    /// <param name="limit">Users of a page.</param>
    public Page<MemberListing> Members(AppScope app, string channel, string? after, int limit)
    {
        var members = hub.Look(new ChannelKey(app, channel), static found => found.Members) ?? [];
        var page = new PageBuilder<MemberListing>(limit, ByUser);
        foreach (var member in members)
            page.Add(member, after is not null && string.CompareOrdinal(member.User.Id, after) <= 0);
        return page.Build();
    }

    /// <summary>The connections of an app to this node, the oldest first.</summary>
    /// <param name="app">The app.</param>
    /// <param name="after">Number and socket id of the last one that was shown; null for the first page.</param>
    /// <param name="limit">Connections of a page.</param>
    public Page<ConnectionListing> Connections(AppScope app, (long Number, string SocketId)? after, int limit)
    {
        var page = new PageBuilder<Session>(limit, ByAge);
        foreach (var session in SessionsOf(app))
        {
            var isOnEarlierPage = after is var (number, socketId)
                && (session.Since < number || (session.Since == number && string.CompareOrdinal(session.SocketId, socketId) <= 0));
            page.Add(session, isOnEarlierPage);
        }

        var found = page.Build();
        return new Page<ConnectionListing>([.. found.Items.Select(Listing)], found.Total, found.HasMore);
    }

    /// <summary>A connection of an app to this node; null if there is none.</summary>
    public ConnectionListing? Connection(AppScope app, string socketId) => Find(app, socketId) is { } session ? Listing(session) : null;

    /// <summary>Names of the channels that a connection of this node is subscribed to, in order; null if there is no such connection.</summary>
    public IReadOnlyList<string>? ChannelsOf(AppScope app, string socketId)
    {
        if (Find(app, socketId) is not { } session)
            return null;
        var names = session.Channels();
        names.Sort(StringComparer.Ordinal);
        return names;
    }

    /// <summary>Closes a connection of this node with 4009, after which clients do not come back by themselves; false if there is none.</summary>
    public bool Terminate(AppScope app, string socketId)
    {
        if (Find(app, socketId) is not { } session)
            return false;
        session.Connection.Close(PusherError.Terminated);
        return true;
    }

    private Session? Find(AppScope app, string socketId) => SessionsOf(app).FirstOrDefault(session => session.SocketId == socketId);

    private IEnumerable<Session> SessionsOf(AppScope app)
    {
        var stripe = new List<Connection>();
        for (var index = 0; index < ConnectionRegistry.Stripes; index++)
        {
            connections.CopyStripe(index, stripe);
            foreach (var connection in stripe)
            {
                if (connection is { Session: { } session, IsOpen: true } && ReferenceEquals(session.Scope, app))
                    yield return session;
            }
        }
    }

    private ConnectionListing Listing(Session session) => new(
        session.SocketId, session.Since, time.GetUtcNow() - TimeSpan.FromMilliseconds(clock.Exact - session.Since), session.Client, session.User?.Data.Id,
        session.SubscriptionCount, session.Connection.PendingBytes, session.IsAuthorized);

    private static ChannelListing Listing(Channel channel) => new(channel.Key.Name, channel.Kind, channel.SubscriptionCount, channel.LocalCount, channel.UserCount);
}
