namespace Sockudo.Server.Webhooks;

/// <summary>
/// One request to be made (storage.md 5.1). No key, secret, signature, header or URL: whoever sends it looks the app up then.
/// </summary>
/// <param name="Id">Unique.</param>
/// <param name="AppId">The app.</param>
/// <param name="Webhook">Which of its webhooks: <see cref="WebhookIds.Of"/>.</param>
/// <param name="Lane">Jobs of one lane are sent one after another: <see cref="WebhookIds.LaneOf"/>.</param>
/// <param name="CreatedMs">Unix time in milliseconds at which the body was made.</param>
/// <param name="Body">The exact text to send.</param>
public sealed record WebhookJob(string Id, string AppId, string Webhook, string Lane, long CreatedMs, string Body);
