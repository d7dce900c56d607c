using Sockudo.Server.Webhooks;

namespace Sockudo.Dashboard.Documents;

/// <summary>What has become of a webhook.</summary>
/// <param name="At">When.</param>
/// <param name="Id">The job.</param>
/// <param name="App">Id of the app.</param>
/// <param name="Target">Host of the target.</param>
/// <param name="Events">Names of the events in it.</param>
/// <param name="Result"><c>delivered</c>, <c>failed</c> (tried again later), <c>given_up</c> or <c>dropped</c>.</param>
/// <param name="Attempts">Attempts so far.</param>
/// <param name="Status">HTTP status of the answer; null if there was none.</param>
/// <param name="Reason">Why it has failed; null if it has not.</param>
/// <param name="Milliseconds">Duration of the attempt; null if none was made.</param>
internal sealed record DeliveryDocument(
    DateTimeOffset At, string Id, string App, string Target, IReadOnlyCollection<string> Events, string Result, int Attempts, int? Status, string? Reason, double? Milliseconds)
{
    /// <summary>An outcome.</summary>
    public static DeliveryDocument Of(WebhookOutcome outcome) => new(
        outcome.At, outcome.JobId, outcome.AppId, outcome.Target, outcome.Events, outcome.Result, outcome.Attempts, outcome.Status,
        outcome.Reason.Length == 0 ? null : outcome.Reason, outcome.Duration is { } duration ? Math.Round(duration.TotalMilliseconds, 1) : null);
}
