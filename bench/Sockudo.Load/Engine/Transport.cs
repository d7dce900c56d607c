using System.Net;
using System.Net.Sockets;

namespace Sockudo.Load.Engine;

/// <summary>A byte stream to the server on an event loop.</summary>
internal abstract class Transport : IReadable, IDisposable
{
    // linux/in.h: choose the source port when connecting, so that a port is used for several destinations.
    private const int BindAddressNoPort = 24;

    private readonly EventLoop _loop;
    private readonly Socket _socket;
    private bool _hasEnded;

    protected Transport(EventLoop loop, Socket socket, IByteSink sink)
    {
        _loop = loop;
        _socket = socket;
        Sink = sink;
        Descriptor = (int)socket.Handle;
    }

    public int Descriptor { get; }

    protected IByteSink Sink { get; }

    /// <summary>Connects, and hands what arrives to the sink from then on.</summary>
    /// <param name="target">The server.</param>
    /// <param name="loop">Where the socket is read.</param>
    /// <param name="source">Address to connect from; null = whatever the system chooses.</param>
    /// <param name="receiveBuffer">Bytes of the kernel's receive buffer; null = the system's default, which grows.</param>
    /// <param name="sink">Takes what arrives.</param>
    public static Transport Open(LoadTarget target, EventLoop loop, IPAddress? source, int? receiveBuffer, IByteSink sink)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        if (receiveBuffer is { } bytes)
            socket.ReceiveBufferSize = bytes;
        if (source is not null)
        {
            socket.SetRawSocketOption((int)SocketOptionLevel.IP, BindAddressNoPort, [1, 0, 0, 0]);
            socket.Bind(new IPEndPoint(source, 0));
        }

        socket.Connect(target.EndPoint);
        Transport transport = target.IsTls ? new TlsTransport(loop, socket, target.Url.Host, sink) : new PlainTransport(loop, socket, sink);
        loop.Add(transport);
        return transport;
    }

    /// <summary>Sends all of it, waiting for the kernel if need be. Nothing is sent any more once the connection has ended.</summary>
    public abstract void Send(ReadOnlySpan<byte> bytes);

    public abstract void OnReadable(byte[] scratch);

    /// <summary>Stops reading for good, and leaves the connection open.</summary>
    public void StopReading() => _loop.Remove(this);

    /// <summary>Reads again after <see cref="StopReading"/>.</summary>
    public void ResumeReading() => _loop.Add(this);

    public virtual void Dispose()
    {
        _loop.Remove(this);
        _socket.Dispose();
    }

    /// <summary>Reads the socket without waiting: bytes received, 0 if there are none now, negative at the end.</summary>
    protected unsafe int Receive(Span<byte> destination)
    {
        nint received;
        fixed (byte* data = destination)
            received = Native.Receive(Descriptor, data, destination.Length, Native.DontWait);
        if (received > 0)
            return (int)received;
        return received < 0 && System.Runtime.InteropServices.Marshal.GetLastPInvokeError() == Native.TryAgain ? 0 : -1;
    }

    protected unsafe void SendRaw(ReadOnlySpan<byte> bytes)
    {
        fixed (byte* data = bytes)
        {
            for (nint sent = 0; sent < bytes.Length && !_hasEnded;)
            {
                var count = Native.Send(Descriptor, data + sent, bytes.Length - sent, Native.NoSignal);
                if (count < 0)
                    End();
                else
                    sent += count;
            }
        }
    }

    protected void End()
    {
        if (_hasEnded)
            return;
        _hasEnded = true;
        _loop.Remove(this);
        Sink.OnEnd();
    }
}
