namespace Sockudo.Dashboard.Documents;

/// <summary>The cluster as this node sees it.</summary>
/// <param name="Adapter">Driver of the adapter; <c>local</c> for a node by itself.</param>
/// <param name="IsConnected">The broker can be reached.</param>
/// <param name="IsIsolated">This node is cut off: what it knows of others is frozen, and it publishes nothing.</param>
/// <param name="Peers">All nodes, this one first.</param>
internal sealed record ClusterDocument(string Adapter, bool IsConnected, bool IsIsolated, IReadOnlyList<PeerDocument> Peers);
