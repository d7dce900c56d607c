using Sockudo.Server.Apps;

namespace Sockudo.Server.Webhooks;

/// <summary><c>queue.driver</c> <c>none</c>: no webhook is sent, and no job is made.</summary>
internal sealed class NoWebhooks : IWebhookSink
{
    public void Raise(AppScope app, WebhookEvent webhookEvent)
    {
    }
}
