using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Threading.Channels;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Logging;
using Sockudo.Server.Connections;
using Sockudo.Server.Hosting;

namespace Sockudo.Server.Sockets;

/// <summary>
/// Accepts TCP connections for Kestrel, and keeps the WebSockets among them: a few hundred bytes each, where a connection of
/// Kestrel's own transport has several thousand. Everything that is no WebSocket goes on to Kestrel, not a byte consumed. Linux only.
/// </summary>
internal sealed class PolledTransport(
    ConnectionFront front, PendingHandshakes handshakes, int backlog, ILoggerFactory loggers) : IConnectionListenerFactory, IDisposable
{
    private readonly ILogger _logger = loggers.CreateLogger("sockudo.connection");
    private readonly SocketConnectionContextFactory _contexts =
        new(new SocketConnectionFactoryOptions(), loggers.CreateLogger("Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets"));

    private Poller[] _pollers = [];

    /// <summary>It runs on this system.</summary>
    public static bool IsSupported =>
        OperatingSystem.IsLinux() && RuntimeInformation.ProcessArchitecture is Architecture.X64 or Architecture.Arm64;

    /// <summary>Opens a listener for an IP address.</summary>
    /// <exception cref="AddressInUseException">Another process listens there.</exception>
    public ValueTask<IConnectionListener> BindAsync(EndPoint endpoint, CancellationToken cancellationToken = default)
    {
        if (_pollers.Length == 0)
            _pollers = [.. Enumerable.Range(0, Environment.ProcessorCount).Select(index => new Poller(index, _logger))];

        try
        {
            var socket = SocketTransportOptions.CreateDefaultBoundListenSocket(endpoint);
            // Inherited by every connection that is accepted.
            socket.NoDelay = true;
            socket.Blocking = false;
            socket.Listen(backlog);
            return new(new Listener(this, socket));
        }
        catch (SocketException exception) when (exception.SocketErrorCode == SocketError.AddressAlreadyInUse)
        {
            throw new AddressInUseException(exception.Message, exception);
        }
    }

    /// <summary>Ends the threads. All connections must have ended.</summary>
    public void Dispose()
    {
        foreach (var poller in _pollers)
            poller.Dispose();
        _contexts.Dispose();
    }

    private void Open(Poller poller, Descriptor descriptor, IPEndPoint? peer, Action<Descriptor> onHttp) =>
        new AcceptedSocket(poller, descriptor, peer, front, handshakes, onHttp, _logger).Open();

    private sealed class Listener : IConnectionListener
    {
        private readonly PolledTransport _transport;
        private readonly Socket _socket;
        private readonly ListeningSocket[] _ears;
        private readonly Channel<ConnectionContext> _http = Channel.CreateUnbounded<ConnectionContext>(new() { SingleReader = true });

        public Listener(PolledTransport transport, Socket socket)
        {
            _transport = transport;
            _socket = socket;
            EndPoint = socket.LocalEndPoint!;
            _ears = [.. transport._pollers.Select(poller => new ListeningSocket(socket, poller, DescriptorReserve.OfProcess, Accepted, transport._logger))];
            foreach (var ear in _ears)
                ear.Open();
        }

        public EndPoint EndPoint { get; }

        public async ValueTask<ConnectionContext?> AcceptAsync(CancellationToken cancellationToken = default) =>
            await _http.Reader.WaitToReadAsync(cancellationToken).ConfigureAwait(false) && _http.Reader.TryRead(out var connection)
                ? connection
                : null;

        public ValueTask UnbindAsync(CancellationToken cancellationToken = default)
        {
            foreach (var ear in _ears)
                ear.Close();
            _socket.Dispose();
            _http.Writer.TryComplete();
            return default;
        }

        public ValueTask DisposeAsync() => UnbindAsync();

        private void Accepted(Poller poller, Descriptor descriptor, IPEndPoint? peer) =>
            _transport.Open(poller, descriptor, peer, ToHttp);

        private void ToHttp(Descriptor descriptor)
        {
            var socket = new Socket(new SafeSocketHandle(descriptor.Release(), ownsHandle: true));
            var connection = _transport._contexts.Create(socket);
            if (!_http.Writer.TryWrite(connection))
                connection.Abort();
        }
    }
}
