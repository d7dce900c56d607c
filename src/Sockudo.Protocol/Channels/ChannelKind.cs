namespace Sockudo.Protocol.Channels;

/// <summary>
/// What a channel's name says about it (protocol rule N-4). A combination of independent traits:
/// <c>private-encrypted-cache-x</c> is <c>Private | Encrypted | Cache</c>. Decided once, by <see cref="ChannelName.KindOf"/>.
/// </summary>
[Flags]
public enum ChannelKind : byte
{
    /// <summary>Anyone may subscribe.</summary>
    Public = 0,

    /// <summary>Subscribing needs a signature.</summary>
    Private = 1,

    /// <summary>Subscribing needs a signature and says who subscribes.</summary>
    Presence = 2,

    /// <summary>The last published event is kept for later subscribers.</summary>
    Cache = 4,

    /// <summary>Payloads are encrypted between publisher and subscriber; the server only carries them.</summary>
    Encrypted = 8,

    /// <summary>The channel of one signed-in user, <c>#server-to-user-{id}</c>.</summary>
    User = 16,
}
