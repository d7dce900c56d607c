using Microsoft.Extensions.Hosting;

namespace Sockudo.Server.Hosting;

/// <summary>Starts the embedded server with its application, and sends its clients away before the listeners close.</summary>
internal sealed class SockudoHostedService(SockudoServer server) : IHostedLifecycleService
{
    public Task StartingAsync(CancellationToken cancellationToken) => server.StartAsync(cancellationToken);

    /// <summary>Runs before any service is stopped, the web server included.</summary>
    public Task StoppingAsync(CancellationToken cancellationToken) => server.DrainAsync(cancellationToken);

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
