using Sockudo.Protocol.Messages;

namespace Sockudo.Server.Channels;

/// <summary>
/// A user in a presence channel, with however many connections on however many nodes. What the first one that this node heard of said of him stays (P-12).
/// </summary>
internal sealed class Member(PresenceMember user)
{
    public PresenceMember User { get; } = user;

    /// <summary>Connections of the user in this channel on this node; guarded by the channel's lock.</summary>
    public int Connections { get; set; }

    /// <summary>Other nodes on which the user has connections in this channel; guarded by the channel's lock.</summary>
    public int Peers { get; set; }
}
