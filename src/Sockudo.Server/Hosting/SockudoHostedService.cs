using Microsoft.Extensions.Hosting;
using Sockudo.Server.Webhooks;

namespace Sockudo.Server.Hosting;

/// <summary>Starts the embedded server with its application, and sends its clients away before the listeners close.</summary>
internal sealed class SockudoHostedService(SockudoServer server, WebhookPipeline webhooks) : IHostedLifecycleService
{
    public async Task StartingAsync(CancellationToken cancellationToken)
    {
        await server.StartAsync(cancellationToken).ConfigureAwait(false);
        webhooks.Start();
    }

    /// <summary>Runs before any service is stopped, the web server included.</summary>
    public async Task StoppingAsync(CancellationToken cancellationToken)
    {
        await server.DrainAsync(cancellationToken).ConfigureAwait(false);
        await webhooks.DrainAsync(cancellationToken).ConfigureAwait(false);
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
