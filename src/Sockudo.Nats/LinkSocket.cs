using System.Net.Sockets;
using NATS.Client.Core;

namespace Sockudo.Nats;

/// <summary>
/// The socket of one <see cref="NatsLink"/>, and what the client library gets it from: once. The library would reconnect by itself, and then send what has
/// been queued for the lost connection, late and in any order; here a second connection is refused.
/// </summary>
internal sealed class LinkSocket(NatsServerAddress server) : INatsSocketConnectionFactory, INatsTlsUpgradeableSocketConnection
{
    private int _isUsed;

    public Socket Socket { get; } = new(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };

    /// <summary>Why there was no connection: the library only logs it.</summary>
    public Exception? Failure { get; private set; }

    public async ValueTask<INatsSocketConnection> ConnectAsync(Uri uri, NatsOpts opts, CancellationToken cancellationToken)
    {
        if (Interlocked.Exchange(ref _isUsed, 1) != 0)
            throw new InvalidOperationException("This connection is over.");
        try
        {
            await Socket.ConnectAsync(server.Host, server.Port, cancellationToken).ConfigureAwait(false);
            return this;
        }
        catch (Exception exception)
        {
            Failure = exception;
            throw;
        }
    }

    public ValueTask<int> SendAsync(ReadOnlyMemory<byte> buffer) => Socket.SendAsync(buffer);

    public ValueTask<int> ReceiveAsync(Memory<byte> buffer) => Socket.ReceiveAsync(buffer);

    /// <summary>Closes the socket, whoever uses it.</summary>
    public void Close() => Socket.Dispose();

    public ValueTask DisposeAsync()
    {
        Close();
        return ValueTask.CompletedTask;
    }
}
