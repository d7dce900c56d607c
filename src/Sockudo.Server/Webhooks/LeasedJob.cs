namespace Sockudo.Server.Webhooks;

/// <summary>A job that this node has to do; it comes back to the queue if it is neither completed nor postponed.</summary>
/// <param name="Job">The job.</param>
/// <param name="Attempts">Attempts that were made before.</param>
/// <param name="Receipt">What the queue knows it by.</param>
public sealed record LeasedJob(WebhookJob Job, int Attempts, string Receipt);
