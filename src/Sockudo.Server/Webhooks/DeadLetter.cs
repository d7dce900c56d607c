namespace Sockudo.Server.Webhooks;

/// <summary>A job that was given up.</summary>
/// <param name="Job">The job.</param>
/// <param name="Reason">Why, for people.</param>
/// <param name="Attempts">Attempts that were made.</param>
/// <param name="LastStatus">Status of the last answer; null if there was none.</param>
public sealed record DeadLetter(WebhookJob Job, string Reason, int Attempts, int? LastStatus);
