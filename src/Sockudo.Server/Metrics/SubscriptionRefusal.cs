namespace Sockudo.Server.Metrics;

/// <summary>Why a subscription was refused: label <c>reason</c> (metrics.md 4).</summary>
internal enum SubscriptionRefusal
{
    Auth,
    InvalidChannel,
    InvalidData,
    Limit,
    Existing,
    Server,
}
