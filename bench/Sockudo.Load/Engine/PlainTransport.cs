using System.Net.Sockets;

namespace Sockudo.Load.Engine;

/// <summary>TCP as it is.</summary>
internal sealed class PlainTransport(EventLoop loop, Socket socket, IByteSink sink) : Transport(loop, socket, sink)
{
    public override void Send(ReadOnlySpan<byte> bytes) => SendRaw(bytes);

    public override void OnReadable(byte[] scratch)
    {
        var received = Receive(scratch);
        if (received > 0)
            Sink.OnBytes(scratch.AsSpan(0, received));
        else if (received < 0)
            End();
    }
}
