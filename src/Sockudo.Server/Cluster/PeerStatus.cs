namespace Sockudo.Server.Cluster;

/// <summary>What this node knows of another one, for people.</summary>
/// <param name="Id">Which.</param>
/// <param name="SinceHeard">Time since it was last heard of.</param>
/// <param name="IsDraining">It sends its clients away.</param>
/// <param name="IsCatchingUp">It is new, or was away, and reports nothing yet.</param>
/// <param name="IsSynchronised">All that it has is known here.</param>
/// <param name="HasLeft">It has said goodbye.</param>
internal readonly record struct PeerStatus(NodeId Id, TimeSpan SinceHeard, bool IsDraining, bool IsCatchingUp, bool IsSynchronised, bool HasLeft);
