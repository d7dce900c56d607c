using Sockudo.Protocol.Messages;

namespace Sockudo.Server.Channels;

/// <summary>A user in a presence channel, with however many connections. What his first one said of him stays (P-12).</summary>
internal sealed class Member(PresenceMember user)
{
    public PresenceMember User { get; } = user;

    /// <summary>Connections of the user in this channel; guarded by the channel's lock.</summary>
    public int Connections { get; set; }
}
