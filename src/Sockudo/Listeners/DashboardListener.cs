using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;
using Sockudo.Dashboard;
using Sockudo.Server.Options;

namespace Sockudo.Listeners;

/// <summary>The dashboard and its admin API on their own port (docs/dashboard.md).</summary>
internal sealed class DashboardListener : IAsyncDisposable
{
    private const int MaxConnections = 200;

    private readonly HttpListener _listener;
    private readonly DashboardSite _site;
    private readonly CancellationTokenSource _stopping;

    private DashboardListener(HttpListener listener, DashboardSite site, CancellationTokenSource stopping)
    {
        _listener = listener;
        _site = site;
        _stopping = stopping;
    }

    /// <summary>What it listens on.</summary>
    public IReadOnlyList<string> Addresses => _listener.Addresses;

    /// <summary>Opens the listener.</summary>
    /// <param name="options">Says where.</param>
    /// <param name="create">Makes what answers; its answers without an end of their own end with the token.</param>
    /// <param name="certificates">The server's certificate; null if it has none. It is not for loopback addresses, whose names it does not have.</param>
    /// <param name="loggers">For what Kestrel has to say.</param>
    /// <exception cref="ListenException">It cannot be opened.</exception>
    public static async Task<DashboardListener> StartAsync(
        DashboardOptions options, Func<CancellationToken, DashboardSite> create, ServerCertificate? certificates, ILoggerFactory loggers)
    {
        var addresses = await HostAddress.ResolveAsync(options.Host, "dashboard.host").ConfigureAwait(false);
        var served = HostAddress.IsLoopback(options.Host) ? null : certificates;
        var stopping = new CancellationTokenSource();
        var site = create(stopping.Token);
        var listener = new HttpListener(
            site.HandleAsync,
            kestrel =>
            {
                kestrel.Limits.MaxConcurrentConnections = MaxConnections;
                foreach (var address in addresses)
                {
                    kestrel.Listen(address, options.Port, endpoint =>
                    {
                        endpoint.Protocols = HttpProtocols.Http1;
                        if (served is not null)
                            endpoint.UseHttps(served.ToHandshakeOptions());
                    });
                }
            },
            loggers,
            served is null ? null : TlsServices.Create(loggers));
        var started = new DashboardListener(listener, site, stopping);
        try
        {
            await listener.StartAsync($"dashboard.host = {options.Host}, dashboard.port = {options.Port}").ConfigureAwait(false);
            return started;
        }
        catch
        {
            await started.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Stops accepting, ends what nobody else ends, and waits for requests in progress until cancelled.</summary>
    public async Task StopAsync(CancellationToken hurry)
    {
        await _stopping.CancelAsync().ConfigureAwait(false);
        await _listener.StopAsync(hurry).ConfigureAwait(false);
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync().ConfigureAwait(false);
        await _listener.DisposeAsync().ConfigureAwait(false);
        _site.Dispose();
        _stopping.Dispose();
    }
}
