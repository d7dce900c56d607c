using Sockudo.Server.Cluster;

namespace Sockudo.Server.Channels;

/// <summary>What another node says that it has of a channel. Guarded by the channel's lock.</summary>
internal sealed class PeerShare(NodeId peer)
{
    private HashSet<string>? _userIds;

    public NodeId Peer { get; } = peer;

    /// <summary>Connections subscribed there.</summary>
    public int Subscriptions { get; set; }

    /// <summary>Users with connections there.</summary>
    public HashSet<string> UserIds => _userIds ??= new HashSet<string>(StringComparer.Ordinal);

    public bool IsEmpty => Subscriptions == 0 && _userIds is not { Count: > 0 };
}
