namespace Sockudo.Dashboard.Documents;

/// <summary>This node at a glance.</summary>
/// <param name="At">When the numbers were taken.</param>
/// <param name="Node">Who it is and how it is.</param>
/// <param name="Memory">What it uses.</param>
/// <param name="Connections">Open connections of this node.</param>
/// <param name="PendingBytes">Bytes queued for them.</param>
/// <param name="Channels">Occupied channels with subscriptions on this node.</param>
/// <param name="Subscriptions">Subscriptions on this node.</param>
/// <param name="Totals">Counted since the start, over all apps: the difference of two answers by the time between them is a rate.</param>
/// <param name="Backends">What the node needs.</param>
/// <param name="Queue">Webhooks that wait; null if there is no queue.</param>
/// <param name="Nodes">Nodes of the cluster, this one included; 1 for a node by itself.</param>
internal sealed record OverviewDocument(
    DateTimeOffset At, NodeDocument Node, MemoryDocument Memory, int Connections, long PendingBytes, int Channels, int Subscriptions, TotalsDocument Totals,
    IReadOnlyList<BackendDocument> Backends, QueueDocument? Queue, int Nodes);
