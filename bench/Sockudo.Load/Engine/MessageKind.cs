namespace Sockudo.Load.Engine;

/// <summary>What a connection has to say.</summary>
internal enum MessageKind
{
    /// <summary><c>pusher:connection_established</c>.</summary>
    Established,

    /// <summary><c>pusher_internal:subscription_succeeded</c>.</summary>
    Subscribed,

    /// <summary>A message of the load: an event named <c>load</c> or <c>client-load</c>.</summary>
    Load,

    /// <summary><c>pusher_internal:member_added</c>.</summary>
    MemberAdded,

    /// <summary><c>pusher_internal:member_removed</c>.</summary>
    MemberRemoved,

    /// <summary>Not a message: the connection has ended, and not by this side.</summary>
    Closed,
}
