namespace Sockudo.Dashboard.Documents;

/// <summary>What has become of webhooks on this node since its start.</summary>
/// <param name="Delivered">Taken by their targets.</param>
/// <param name="GivenUp">Failed for too long.</param>
/// <param name="Dropped">Not sent: no room, or their webhook is gone.</param>
/// <param name="FailedAttempts">Single attempts that have failed.</param>
internal sealed record DeliveryTotalsDocument(long Delivered, long GivenUp, long Dropped, long FailedAttempts);
