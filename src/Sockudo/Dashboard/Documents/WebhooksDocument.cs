namespace Sockudo.Dashboard.Documents;

/// <summary>Webhooks.</summary>
/// <param name="Queue">How many wait; null if there is no queue.</param>
/// <param name="Totals">What this node has finished since its start.</param>
/// <param name="Deliveries">The latest attempts of this node, the latest first, at most 200.</param>
internal sealed record WebhooksDocument(QueueDocument? Queue, DeliveryTotalsDocument Totals, IReadOnlyList<DeliveryDocument> Deliveries);
