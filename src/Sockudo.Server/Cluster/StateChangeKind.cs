namespace Sockudo.Server.Cluster;

/// <summary>What a <see cref="StateChange"/> says. The numbers are on the wire.</summary>
internal enum StateChangeKind : byte
{
    /// <summary>So many subscriptions a channel has on the node; 0 = none any more.</summary>
    Subscriptions = 1,

    /// <summary>A user has a connection on the node in a presence channel.</summary>
    MemberAdded = 2,

    /// <summary>A user has none any more.</summary>
    MemberRemoved = 3,

    /// <summary>So many connections an app has on the node.</summary>
    Connections = 4,

    /// <summary>The node has told webhooks of something.</summary>
    Told = 5,
}
