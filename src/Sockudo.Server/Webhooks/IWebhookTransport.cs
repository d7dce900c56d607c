using Sockudo.Server.Apps;

namespace Sockudo.Server.Webhooks;

/// <summary>Carries the body of a job to a target. Safe from any thread.</summary>
public interface IWebhookTransport
{
    /// <summary>Name of this kind of target in metrics.</summary>
    string Name { get; }

    /// <summary>Makes one attempt; never throws for what the target or the network does.</summary>
    /// <param name="app">The app, with its secret as of now.</param>
    /// <param name="webhook">The target.</param>
    /// <param name="body">The bytes to send, as they are.</param>
    /// <param name="cancellationToken">The time of the attempt is over, or the server stops.</param>
    Task<WebhookAnswer> SendAsync(App app, AppWebhook webhook, ReadOnlyMemory<byte> body, CancellationToken cancellationToken);
}
