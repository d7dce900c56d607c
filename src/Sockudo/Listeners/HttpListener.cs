using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Abstractions;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;
using Sockudo.Server.Sockets;

namespace Sockudo.Listeners;

/// <summary>
/// Kestrel with one request handler. Built directly, without the generic host, its configuration system and its container:
/// they have nothing to do here, and they are what a cold start would mostly consist of.
/// </summary>
internal sealed class HttpListener : IAsyncDisposable
{
    // "the request head in time" (half handshakes held open), and how long an idle HTTP connection is kept.
    private static readonly TimeSpan HeadersTimeout = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan KeepAliveTimeout = TimeSpan.FromSeconds(120);

    private readonly KestrelServer _server;
    private readonly SocketTransport? _own;
    private readonly Func<HttpContext, Task> _handle;

    /// <summary>Connections that may wait to be accepted.</summary>
    public const int Backlog = 4096;

    /// <param name="handle">Answers requests.</param>
    /// <param name="configure">Adds the endpoints.</param>
    /// <param name="loggers">For what Kestrel has to say.</param>
    /// <param name="services">For what TLS asks for; null for plain endpoints.</param>
    /// <param name="transport">Accepts the connections; null for one of its own. Is disposed by whoever made it.</param>
    public HttpListener(
        Func<HttpContext, Task> handle, Action<KestrelServerOptions> configure, ILoggerFactory loggers, IServiceProvider? services = null,
        IConnectionListenerFactory? transport = null)
    {
        _handle = handle;
        var options = new KestrelServerOptions { ApplicationServices = services ?? NoServices.Instance, AddServerHeader = false };
        options.Limits.RequestHeadersTimeout = HeadersTimeout;
        options.Limits.KeepAliveTimeout = KeepAliveTimeout;
        options.Limits.MaxRequestBodySize = null; // the API has its own limit and its own answer
        configure(options);
        _own = transport is null ? new SocketTransport(Backlog, loggers) : null;
        _server = new KestrelServer(Microsoft.Extensions.Options.Options.Create(options), transport ?? _own!, loggers);
    }

    /// <summary>What it listens on, with the real ports; known once started.</summary>
    public IReadOnlyList<string> Addresses => [.. _server.Features.GetRequiredFeature<IServerAddressesFeature>().Addresses];

    /// <summary>Opens the endpoints.</summary>
    /// <param name="keys">The configuration keys that name them, for the error.</param>
    /// <exception cref="ListenException">One of them cannot be opened.</exception>
    public async Task StartAsync(string keys)
    {
        try
        {
            await _server.StartAsync(new Application(_handle), CancellationToken.None).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is IOException or System.Net.Sockets.SocketException or InvalidOperationException)
        {
            var reason = exception.InnerException is AddressInUseException ? "another process listens there" : exception.Message;
            throw new ListenException($"cannot listen ({keys}): {reason}");
        }
    }

    /// <summary>Stops accepting and waits for requests in progress until cancelled.</summary>
    public Task StopAsync(CancellationToken hurry) => _server.StopAsync(hurry);

    public ValueTask DisposeAsync()
    {
        _server.Dispose();
        _own?.Dispose();
        return ValueTask.CompletedTask;
    }

    private sealed class Application(Func<HttpContext, Task> handle) : IHttpApplication<DefaultHttpContext>
    {
        public DefaultHttpContext CreateContext(IFeatureCollection contextFeatures)
        {
            // Kestrel keeps one context for each of its connections, for their requests follow each other.
            var context = contextFeatures is IHostContextContainer<DefaultHttpContext> container
                ? container.HostContext ??= new DefaultHttpContext()
                : new DefaultHttpContext();
            context.Initialize(contextFeatures);
            return context;
        }

        public Task ProcessRequestAsync(DefaultHttpContext context) => handle(context);

        public void DisposeContext(DefaultHttpContext context, Exception? exception) => context.Uninitialize();
    }

    private sealed class NoServices : IServiceProvider
    {
        public static readonly NoServices Instance = new();

        public object? GetService(Type serviceType) => null;
    }
}
