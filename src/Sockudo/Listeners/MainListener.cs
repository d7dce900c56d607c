using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;
using Sockudo.Server.Hosting;
using Sockudo.Server.Options;
using Sockudo.Server.Sockets;

namespace Sockudo.Listeners;

/// <summary>The listener for WebSockets and the HTTP API: TCP with or without TLS, or a Unix domain socket.</summary>
internal sealed class MainListener : IAsyncDisposable
{
    private readonly HttpListener _listener;
    private readonly SockudoOptions _options;
    private readonly PolledTransport? _transport;

    private MainListener(HttpListener listener, SockudoOptions options, PolledTransport? transport = null)
    {
        _listener = listener;
        _options = options;
        _transport = transport;
    }

    /// <summary>What it listens on, as a client would write it.</summary>
    public IReadOnlyList<string> Addresses => _listener.Addresses;

    /// <summary>Opens the listener.</summary>
    /// <param name="server">Takes connections and requests.</param>
    /// <param name="options">Says where.</param>
    /// <param name="certificates">The certificate to serve; null for plain TCP.</param>
    /// <param name="loggers">For what Kestrel has to say.</param>
    /// <exception cref="ListenException">It cannot be opened.</exception>
    public static async Task<MainListener> StartAsync(
        SockudoServer server, SockudoOptions options, ServerCertificate? certificates, ILoggerFactory loggers)
    {
        if (options.UnixSocket.Enabled)
            return await StartUnixAsync(server, options, loggers).ConfigureAwait(false);
        var addresses = await HostAddress.ResolveAsync(options.Host, "host").ConfigureAwait(false);
        var transport = certificates is null && options.Websocket.Transport != WebsocketTransport.Kestrel && PolledTransport.IsSupported
            ? server.CreateTransport(HttpListener.Backlog, loggers)
            : null;
        var listener = new HttpListener(server.HandleRequestAsync, kestrel =>
        {
            foreach (var address in addresses)
            {
                kestrel.Listen(address, options.Port, endpoint =>
                {
                    endpoint.Protocols = certificates is null ? HttpProtocols.Http1 : HttpProtocols.Http1AndHttp2;
                    if (certificates is not null)
                        endpoint.UseHttps(certificates.ToHandshakeOptions());
                    endpoint.Use(next => connection => server.OnConnectionAsync(connection, next));
                });
            }
        }, loggers, certificates is null ? null : TlsServices.Create(loggers), transport);
        await listener.StartAsync($"host = {options.Host}, port = {options.Port}").ConfigureAwait(false);
        return new MainListener(listener, options, transport);
    }

    /// <summary>Stops accepting, waits for requests in progress until cancelled, and removes the socket file.</summary>
    public async Task StopAsync(CancellationToken hurry)
    {
        await _listener.StopAsync(hurry).ConfigureAwait(false);
        if (!_options.UnixSocket.Enabled)
            return;
        try
        {
            File.Delete(_options.UnixSocket.Path);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // Its directory has been removed or closed to us. What is left is stale, which the next start replaces.
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _listener.DisposeAsync().ConfigureAwait(false);
        _transport?.Dispose();
    }

    private static async Task<MainListener> StartUnixAsync(SockudoServer server, SockudoOptions options, ILoggerFactory loggers)
    {
        var path = options.UnixSocket.Path;
        await UnixSocketFile.PrepareAsync(path).ConfigureAwait(false);
        var listener = new HttpListener(
            server.HandleRequestAsync,
            kestrel => kestrel.ListenUnixSocket(path, endpoint =>
            {
                endpoint.Protocols = HttpProtocols.Http1;
                endpoint.Use(next => connection => server.OnConnectionAsync(connection, next));
            }),
            loggers);
        await listener.StartAsync($"unix_socket.path = {path}").ConfigureAwait(false);
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(path, options.UnixSocket.PermissionMode);
        return new MainListener(listener, options);
    }
}
