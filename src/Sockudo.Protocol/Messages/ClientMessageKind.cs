namespace Sockudo.Protocol.Messages;

/// <summary>The messages a client may send (section 0.3).</summary>
public enum ClientMessageKind
{
    /// <summary>Any other event name: answered with an error (F-7).</summary>
    Unsupported,

    /// <summary><c>pusher:subscribe</c></summary>
    Subscribe,

    /// <summary><c>pusher:unsubscribe</c></summary>
    Unsubscribe,

    /// <summary><c>pusher:ping</c></summary>
    Ping,

    /// <summary><c>pusher:pong</c></summary>
    Pong,

    /// <summary><c>pusher:signin</c></summary>
    SignIn,

    /// <summary><c>client-*</c></summary>
    ClientEvent,
}
