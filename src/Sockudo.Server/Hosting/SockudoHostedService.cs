using Microsoft.Extensions.Hosting;
using Sockudo.Server.Metrics;
using Sockudo.Server.Webhooks;

namespace Sockudo.Server.Hosting;

/// <summary>Starts the embedded server with its application, and sends its clients away before the listeners close.</summary>
/// <param name="server">The server.</param>
/// <param name="webhooks">Its webhooks.</param>
/// <param name="meter">Shows what is measured as long as the application runs.</param>
internal sealed class SockudoHostedService(SockudoServer server, WebhookPipeline webhooks, ServerMeter meter) : IHostedLifecycleService, IDisposable
{
    public void Dispose() => meter.Dispose();

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
