using System.Runtime.InteropServices;
using Sockudo.Server.Connections;

namespace Sockudo.Server.Sockets;

/// <summary>Sends straight to the kernel; a full socket is waited for with the poller that reads from it.</summary>
internal sealed class PolledOutput(PolledSocket socket) : ConnectionOutput
{
    private readonly Descriptor _descriptor = socket.Descriptor;

    public override int TrySend(ReadOnlySpan<byte> data)
    {
        try
        {
            var sent = Linux.Send(_descriptor, data);
            return sent >= 0 ? sent : Marshal.GetLastPInvokeError() is Linux.WouldBlock or Linux.Interrupted ? 0 : -1;
        }
        catch (ObjectDisposedException)
        {
            return -1;
        }
    }

    public override async ValueTask<int> SendWhenReadyAsync(ReadOnlyMemory<byte> data)
    {
        await socket.WritableAsync().ConfigureAwait(false);
        return TrySend(data.Span);
    }

    public override void Abort() => socket.Abort();
}
