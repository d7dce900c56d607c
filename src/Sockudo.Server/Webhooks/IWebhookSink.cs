using Sockudo.Server.Apps;

namespace Sockudo.Server.Webhooks;

/// <summary>
/// Takes the events that an app wants to hear of. Called in the order in which things happened to a channel, under that
/// channel's lock: an implementation must return at once and never throw. Callers ask <see cref="AppScope.Wants"/> first,
/// so that no work is done for apps without a matching entry (webhooks.md 2).
/// </summary>
internal interface IWebhookSink
{
    /// <summary>Something happened that a webhook of this app may want.</summary>
    void Raise(AppScope app, WebhookEvent webhookEvent);
}
