using Sockudo.Server.Webhooks;

namespace Sockudo.Dashboard.Documents;

/// <summary>The queue of webhooks, which the nodes share unless it is in memory; as of at most ten seconds ago.</summary>
/// <param name="Ready">Jobs that could be sent.</param>
/// <param name="Leased">Jobs that some node has.</param>
/// <param name="Delayed">Jobs that wait for another attempt.</param>
/// <param name="Dead">Jobs given up that are kept.</param>
/// <param name="OldestAt">When the oldest unfinished job was made; null if there is none.</param>
/// <param name="PausedTargets">Targets that this node does not try just now because they have failed for long.</param>
internal sealed record QueueDocument(long Ready, long Leased, long Delayed, long Dead, DateTimeOffset? OldestAt, int PausedTargets)
{
    /// <summary>The queue of a node; null if it has none.</summary>
    public static QueueDocument? Of(WebhookPipeline? webhooks)
    {
        if (webhooks is null)
            return null;
        var depth = webhooks.Depth;
        var oldest = depth.OldestCreatedMs is { } created ? DateTimeOffset.FromUnixTimeMilliseconds(created) : (DateTimeOffset?)null;
        return new QueueDocument(depth.Ready, depth.Leased, depth.Delayed, depth.Dead, oldest, webhooks.Metrics.PausedTargets);
    }
}
