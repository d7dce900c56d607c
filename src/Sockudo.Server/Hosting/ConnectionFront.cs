using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.IO.Pipelines;
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

    /// <summary>
    /// Runs a WebSocket whose opening handshake has been read, until it ends. The answer to the handshake is sent by it.
    /// </summary>
    /// <param name="request">The opening handshake.</param>
    /// <param name="target">What it asks for.</param>
    /// <param name="peer">The other end of the TCP connection; null on a Unix socket.</param>
    /// <param name="isTls">The connection itself is encrypted.</param>
    /// <param name="input">What follows the handshake.</param>
    /// <param name="output">The way back.</param>
    public async Task<Task> StartAsync(
        UpgradeRequest request, ConnectTarget target, IPAddress? peer, bool isTls, PipeReader input, ConnectionOutput output)
    {
        var result = await admission.AdmitAsync(target, request, peer, isTls).ConfigureAwait(false);
        return host.RunAsync(new Connection(host.Settings, input, output, HandshakeResponse.Create(request, result)), result);
    }

    /// <summary>
    /// Looks for the complete head of an upgrade for <c>{prefix}/app/{key}</c>; false for everything else, also for one that has not
    /// arrived whole.
    /// </summary>
    /// <param name="bytes">The first bytes of a connection.</param>
    /// <param name="request">The opening handshake.</param>
    /// <param name="target">What it asks for.</param>
    /// <param name="length">Bytes of the head.</param>
    public bool TryReadUpgrade(ReadOnlySpan<byte> bytes, [NotNullWhen(true)] out UpgradeRequest? request, out ConnectTarget target, out int length)
    {
        request = null;
        target = default;
        length = bytes.StartsWith(_start) ? bytes.IndexOf("\r\n\r\n"u8) + 4 : 0;
        if (length < 4 || length > UpgradeRequest.MaxHeadLength)
            return false;
        request = UpgradeRequest.TryParse(bytes[..length]);
        return request is not null && ConnectTarget.TryParse(request.Target, prefix, out target);
    }

    // The running WebSocket, or null if this is a matter for HTTP.
    private async Task<Task?> OpenAsync(ConnectionContext connection)
    {
        if (await ReadUpgradeAsync(connection).ConfigureAwait(false) is not { } request
            || !ConnectTarget.TryParse(request.Target, prefix, out var target))
            return null;

        var isTls = connection.Features.Get<ITlsHandshakeFeature>() is not null;
        var socket = isTls ? null : connection.Features.Get<IConnectionSocketFeature>()?.Socket;
        ConnectionOutput output;
        try
        {
            output = socket is null ? new PipeOutput(connection.Transport.Output, connection.Abort) : new SocketOutput(connection, socket);
        }
        catch (ObjectDisposedException)
        {
            // Gone in the meantime.
            return Task.CompletedTask;
        }

        var peer = (connection.RemoteEndPoint as IPEndPoint)?.Address;
        return await StartAsync(request, target, peer, isTls, connection.Transport.Input, output).ConfigureAwait(false);
    }

    // Consumes the head of a clean upgrade; leaves everything else untouched.
    private async Task<UpgradeRequest?> ReadUpgradeAsync(ConnectionContext connection)
    {
        var input = connection.Transport.Input;
        var pending = handshakes.Start(connection.Abort);
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
        if (!reader.TryReadTo(out ReadOnlySequence<byte> _, "\r\n\r\n"u8))
        {
            isDecided = buffer.Length > UpgradeRequest.MaxHeadLength;
            return false;
        }

        isDecided = true;
        if (reader.Consumed > UpgradeRequest.MaxHeadLength || !TryReadUpgrade(buffer.Slice(0, reader.Consumed), out request))
            return false;
        buffer = buffer.Slice(reader.Consumed);
        return true;
    }

    private bool TryReadUpgrade(ReadOnlySequence<byte> head, out UpgradeRequest? request)
    {
        if (head.IsSingleSegment)
            return TryReadUpgrade(head.FirstSpan, out request, out _, out _);
        var copy = ArrayPool<byte>.Shared.Rent((int)head.Length);
        try
        {
            head.CopyTo(copy);
            return TryReadUpgrade(copy.AsSpan(0, (int)head.Length), out request, out _, out _);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(copy);
        }
    }
}
