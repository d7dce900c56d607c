using System.Buffers;
using System.Net;
using System.Text;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Sockudo.Protocol.WebSockets;
using Sockudo.Server.Connections;

namespace Sockudo.Server.Hosting;

/// <summary>
/// A Kestrel connection middleware, behind TLS and before the HTTP layer: it looks at the first bytes of a connection. An
/// upgrade for <c>{prefix}/app/{key}</c> is answered here and never becomes an <c>HttpContext</c>, which halves the memory
/// of a WebSocket and lets frames be sent straight to the socket. Everything else goes on to HTTP, not a byte consumed.
/// </summary>
internal sealed class ConnectionFront(Admission admission, ConnectionHost host, PendingHandshakes handshakes, string prefix)
{
    private readonly byte[] _start = Encoding.ASCII.GetBytes($"GET {prefix}/app/");

    /// <summary>The middleware.</summary>
    public async Task OnConnectionAsync(ConnectionContext connection, ConnectionDelegate next)
    {
        // The long life of a connection is spent in the second await; what the handshake needed is gone by then.
        var run = await OpenAsync(connection).ConfigureAwait(false);
        await (run ?? next(connection)).ConfigureAwait(false);
    }

    // The running WebSocket, or null if this is a matter for HTTP.
    private async Task<Task?> OpenAsync(ConnectionContext connection)
    {
        if (await ReadUpgradeAsync(connection).ConfigureAwait(false) is not { } request
            || !ConnectTarget.TryParse(request.Target, prefix, out var target))
            return null;

        var isTls = connection.Features.Get<ITlsHandshakeFeature>() is not null;
        var peer = (connection.RemoteEndPoint as IPEndPoint)?.Address;
        var result = await admission.AdmitAsync(target, request, peer, isTls).ConfigureAwait(false);
        ConnectionOutput output;
        try
        {
            var socket = isTls ? null : connection.Features.Get<IConnectionSocketFeature>()?.Socket;
            output = socket is null ? new PipeOutput(connection.Transport.Output, connection.Abort) : new SocketOutput(connection, socket);
        }
        catch (ObjectDisposedException)
        {
            // Gone in the meantime.
            admission.Withdraw(result);
            return Task.CompletedTask;
        }

        var webSocket = new Connection(host.Settings, connection.Transport.Input, output, HandshakeResponse.Create(request, result));
        return host.RunAsync(webSocket, result);
    }

    // Consumes the head of a clean upgrade; leaves everything else untouched.
    private async Task<UpgradeRequest?> ReadUpgradeAsync(ConnectionContext connection)
    {
        var input = connection.Transport.Input;
        var pending = handshakes.Start(connection);
        try
        {
            while (true)
            {
                var result = await input.ReadAsync().ConfigureAwait(false);
                var buffer = result.Buffer;
                if (TryTakeUpgrade(ref buffer, out var request, out var isDecided))
                {
                    input.AdvanceTo(buffer.Start);
                    return request;
                }

                if (isDecided || result.IsCompleted || result.IsCanceled)
                {
                    input.AdvanceTo(buffer.Start);
                    return null;
                }

                input.AdvanceTo(buffer.Start, buffer.End);
            }
        }
        catch (Exception exception) when (exception is IOException or OperationCanceledException)
        {
            // Gone before it said anything; HTTP finds that out by itself.
            return null;
        }
        finally
        {
            pending.Done();
        }
    }

    private bool TryTakeUpgrade(ref ReadOnlySequence<byte> buffer, out UpgradeRequest? request, out bool isDecided)
    {
        request = null;
        var known = (int)Math.Min(buffer.Length, _start.Length);
        Span<byte> first = stackalloc byte[known];
        buffer.Slice(0, known).CopyTo(first);
        isDecided = !first.SequenceEqual(_start.AsSpan(0, known));
        if (isDecided || known < _start.Length)
            return false;

        var reader = new SequenceReader<byte>(buffer);
        if (!reader.TryReadTo(out ReadOnlySequence<byte> head, "\r\n\r\n"u8))
        {
            isDecided = buffer.Length > UpgradeRequest.MaxHeadLength;
            return false;
        }

        isDecided = true;
        var length = head.Length + 4;
        if (length > UpgradeRequest.MaxHeadLength)
            return false;
        request = Parse(buffer.Slice(0, length));
        if (request is null || !ConnectTarget.TryParse(request.Target, prefix, out _))
            return false;
        buffer = buffer.Slice(length);
        return true;
    }

    private static UpgradeRequest? Parse(ReadOnlySequence<byte> head)
    {
        if (head.IsSingleSegment)
            return UpgradeRequest.TryParse(head.FirstSpan);
        var copy = ArrayPool<byte>.Shared.Rent((int)head.Length);
        try
        {
            head.CopyTo(copy);
            return UpgradeRequest.TryParse(copy.AsSpan(0, (int)head.Length));
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(copy);
        }
    }
}
