namespace Sockudo.Server.Webhooks;

/// <summary>What has become of a webhook job, for people.</summary>
/// <param name="At">When.</param>
/// <param name="JobId">The job.</param>
/// <param name="AppId">Its app.</param>
/// <param name="Target">Host of the target, nothing that may hold a secret.</param>
/// <param name="Events">Names of the events in it.</param>
/// <param name="Result"><c>delivered</c>, <c>failed</c> (tried again later), <c>given_up</c> or <c>dropped</c> (its app or webhook is gone).</param>
/// <param name="Attempts">Attempts that were made so far.</param>
/// <param name="Status">Status of the last answer; null if there was none.</param>
/// <param name="Reason">Why it has failed; empty if it has not.</param>
/// <param name="Duration">Of the attempt; null if none was made.</param>
internal sealed record WebhookOutcome(
    DateTimeOffset At, string JobId, string AppId, string Target, IReadOnlyCollection<string> Events, string Result, int Attempts, int? Status, string Reason, TimeSpan? Duration);
