using Sockudo.Server.Connections;

namespace Sockudo.Server.Channels;

/// <summary>
/// One connection in one channel. Made by <see cref="Hub.TryJoin"/>, which owns its state under the channel's lock; the
/// session keeps it to leave by.
/// </summary>
internal sealed class Subscription(Channel channel, Connection connection, Member? member)
{
    public Channel Channel { get; } = channel;

    public Connection Connection { get; } = connection;

    /// <summary>Who the connection is on a presence channel (P-19: that belongs to the membership, not to the connection).</summary>
    public Member? Member { get; } = member;

    /// <summary>Place among the channel's subscriptions.</summary>
    public int Index { get; set; }

    /// <summary>Receives nothing for now: the user channel of a connection that unsubscribed from it (S-13).</summary>
    public bool IsMuted { get; set; }
}
