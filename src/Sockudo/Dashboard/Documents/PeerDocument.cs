namespace Sockudo.Dashboard.Documents;

/// <summary>A node of the cluster.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Epoch">Its number, which a restart changes; null for a node by itself.</param>
/// <param name="IsSelf">It is the one that answers.</param>
/// <param name="State"><c>up</c>, <c>draining</c>, <c>catching_up</c> or <c>left</c>.</param>
/// <param name="IsSynchronised">All that it has is known here.</param>
/// <param name="HeardMillisecondsAgo">When it was last heard of; null for this node.</param>
/// <param name="Connections">Its connections that count against the quotas of their apps.</param>
internal sealed record PeerDocument(string Name, string? Epoch, bool IsSelf, string State, bool IsSynchronised, long? HeardMillisecondsAgo, long Connections);
