using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Logging;

namespace Sockudo.Server.Sockets;

/// <summary>
/// Kestrel's own transport, except for what it does when the process has no descriptors left: it would try to accept again at once and for ever, on a whole core, while the runtime
/// finds no descriptor for a file of its own. Here it rests, and the runtime has a reserve.
/// </summary>
internal sealed class SocketTransport(int backlog, ILoggerFactory loggers) : IConnectionListenerFactory, IDisposable
{
    private static readonly TimeSpan Rest = TimeSpan.FromMilliseconds(100);

    private readonly ILogger _logger = loggers.CreateLogger("sockudo.connection");
    private readonly SocketConnectionContextFactory _contexts =
        new(new SocketConnectionFactoryOptions(), loggers.CreateLogger("Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets"));

    /// <summary>Opens a listener for an IP address or a Unix socket.</summary>
    /// <exception cref="AddressInUseException">Another process listens there.</exception>
    public ValueTask<IConnectionListener> BindAsync(EndPoint endpoint, CancellationToken cancellationToken = default)
    {
        try
        {
            var socket = SocketTransportOptions.CreateDefaultBoundListenSocket(endpoint);
            socket.Listen(backlog);
            return new(new Listener(this, socket));
        }
        catch (SocketException exception) when (exception.SocketErrorCode == SocketError.AddressAlreadyInUse)
        {
            throw new AddressInUseException(exception.Message, exception);
        }
    }

    public void Dispose() => _contexts.Dispose();

    private sealed class Listener(SocketTransport transport, Socket socket) : IConnectionListener
    {
        private bool _isShort;
        private volatile bool _isUnbound;

        public EndPoint EndPoint { get; } = socket.LocalEndPoint!;

        public async ValueTask<ConnectionContext?> AcceptAsync(CancellationToken cancellationToken = default)
        {
            // Kestrel waits for this to end before it closes connections, which may hold the descriptors that are missing.
            while (!_isUnbound)
            {
                try
                {
                    if (PolledTransport.IsSupported && !DescriptorReserve.OfProcess.TryHold())
                        throw new SocketException((int)SocketError.TooManyOpenSockets);
                    var accepted = await socket.AcceptAsync(cancellationToken).ConfigureAwait(false);
                    _isShort = false;
                    if (accepted.LocalEndPoint is IPEndPoint)
                        accepted.NoDelay = true;
                    return transport._contexts.Create(accepted);
                }
                catch (Exception exception) when (exception is ObjectDisposedException or SocketException { SocketErrorCode: SocketError.OperationAborted })
                {
                    return null; // It listens no more.
                }
                catch (SocketException exception) when (exception.SocketErrorCode is SocketError.TooManyOpenSockets or SocketError.NoBufferSpaceAvailable)
                {
                    await RestAsync(exception, cancellationToken).ConfigureAwait(false);
                }
                catch (SocketException)
                {
                    // What happened to one connection only, while it waited.
                }
            }

            return null;
        }

        public ValueTask UnbindAsync(CancellationToken cancellationToken = default)
        {
            _isUnbound = true;
            socket.Dispose();
            return default;
        }

        public ValueTask DisposeAsync() => UnbindAsync();

        private Task RestAsync(SocketException exception, CancellationToken cancellationToken)
        {
            if (PolledTransport.IsSupported)
                DescriptorReserve.OfProcess.Release();
            if (!_isShort)
                ListeningSocket.LogShort(transport._logger, exception.Message);
            _isShort = true;
            return Task.Delay(Rest, TimeProvider.System, cancellationToken);
        }
    }
}
