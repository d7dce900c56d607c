namespace Sockudo.Protocol.Channels;

/// <summary>Questions that the protocol asks of a channel's kind.</summary>
public static class ChannelKindExtensions
{
    extension(ChannelKind kind)
    {
        /// <summary>Subscribing needs <c>auth</c> (N-4).</summary>
        public bool NeedsAuthorization => (kind & (ChannelKind.Private | ChannelKind.Presence)) != 0;

        /// <summary>The channel has members.</summary>
        public bool IsPresence => (kind & ChannelKind.Presence) != 0;

        /// <summary>The last event is kept (K-9).</summary>
        public bool IsCache => (kind & ChannelKind.Cache) != 0;

        /// <summary>Only <c>{}</c> may be sent by the server itself (section 0.3, rule 4).</summary>
        public bool IsEncrypted => (kind & ChannelKind.Encrypted) != 0;

        /// <summary>The channel of one signed-in user.</summary>
        public bool IsUser => (kind & ChannelKind.User) != 0;
    }
}
