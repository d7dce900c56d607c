using Sockudo.Server.Apps;

namespace Sockudo.Server.Webhooks;

/// <summary>
/// Stands where webhooks are not delivered: whatever an app wanted to hear of is counted as dropped, so that the loss can be
/// seen in the metrics.
/// </summary>
internal sealed class DroppedWebhooks : IWebhookSink
{
    public void Raise(AppScope app, WebhookEvent webhookEvent)
    {
        foreach (var entry in app.App.Webhooks)
        {
            if (entry.Wants(webhookEvent.Type, webhookEvent.Channel))
                app.Counters.WebhookDropped();
        }
    }
}
