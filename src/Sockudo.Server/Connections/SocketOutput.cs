using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;

namespace Sockudo.Server.Connections;

/// <summary>
/// Plain TCP: frames go to the kernel by non-blocking <c>send</c> calls straight from the write loop, past the transport's
/// pipe, whose reader would cost a buffer copy and two thread hops per message. Nobody else may write to the connection.
/// </summary>
internal sealed class SocketOutput : ConnectionOutput
{
    private readonly ConnectionContext _connection;
    private readonly Socket _socket;

    public SocketOutput(ConnectionContext connection, Socket socket)
    {
        _connection = connection;
        _socket = socket;
        // Asynchronous operations of the transport are not affected: on Unix the descriptor is non-blocking anyway, this
        // only makes synchronous calls say "would block" instead of waiting.
        _socket.Blocking = false;
    }

    public override int TrySend(ReadOnlySpan<byte> data)
    {
        try
        {
            var sent = _socket.Send(data, SocketFlags.None, out var error);
            return error switch
            {
                SocketError.Success => sent,
                SocketError.WouldBlock or SocketError.NoBufferSpaceAvailable => 0,
                _ => -1,
            };
        }
        catch (ObjectDisposedException)
        {
            return -1;
        }
    }

    public override async ValueTask<int> SendWhenReadyAsync(ReadOnlyMemory<byte> data)
    {
        try
        {
            return await _socket.SendAsync(data, SocketFlags.None).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            return -1;
        }
    }

    public override void Abort() => _connection.Abort();
}
