namespace Sockudo.Administration;

/// <summary>One call of <c>sockudo webhooks</c>.</summary>
/// <param name="Verb">What to do.</param>
/// <param name="JobId">With which job; null = all.</param>
/// <param name="IsJson">Print JSON, with the bodies.</param>
internal sealed record WebhooksRequest(WebhooksVerb Verb, string? JobId, bool IsJson);
