namespace Sockudo.Server.Webhooks;

/// <summary>How an attempt has ended.</summary>
/// <param name="IsSuccess">The target has taken it.</param>
/// <param name="Status">Status of the answer; null if there was none.</param>
/// <param name="Reason">Why it has failed, for people; no secrets.</param>
/// <param name="RetryAfter">The target asks not to be tried before; null if it does not.</param>
public readonly record struct WebhookAnswer(bool IsSuccess, int? Status, string Reason, TimeSpan? RetryAfter = null);
