using System.Buffers;
using System.Buffers.Binary;
using System.IO.Pipelines;
using System.Net.Sockets;
using System.Text;
using Xunit;

namespace Sockudo.Specification;

/// <summary>
/// A WebSocket client on a bare socket, so that a test can send whatever it likes, right or wrong, in pieces of its choice.
/// </summary>
public sealed class RawWebSocket : IAsyncDisposable
{
    /// <summary>How long anything that must happen may take; far more than it does.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly NetworkStream _stream;
    private readonly PipeReader _reader;

    private RawWebSocket(NetworkStream stream)
    {
        _stream = stream;
        _reader = PipeReader.Create(stream);
    }

    /// <summary>Head of the server's answer to the handshake.</summary>
    public string Response { get; private set; } = "";

    /// <summary>Status of that answer.</summary>
    public int Status => int.Parse(Response.Split(' ')[1], System.Globalization.CultureInfo.InvariantCulture);

    /// <summary>Connects without sending anything.</summary>
    public static async Task<RawWebSocket> DialAsync(ServerUnderTest server)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        var address = server.Pick();
        await socket.ConnectAsync(address.Host, address.Port);
        return new RawWebSocket(new NetworkStream(socket, ownsSocket: true));
    }

    /// <summary>Connects and makes the opening handshake.</summary>
    /// <param name="server">The server.</param>
    /// <param name="target">Request target.</param>
    /// <param name="headers">Further header lines, without line breaks.</param>
    public static async Task<RawWebSocket> OpenAsync(ServerUnderTest server, string target, params string[] headers)
    {
        var socket = await DialAsync(server);
        await socket.SendBytesAsync(Encoding.ASCII.GetBytes(UpgradeRequest(server, target, headers)));
        await socket.ReadResponseAsync();
        return socket;
    }

    /// <summary>The text of an opening handshake with the key of RFC 6455 section 1.3.</summary>
    public static string UpgradeRequest(ServerUnderTest server, string target, params string[] headers) =>
        $"GET {target} HTTP/1.1\r\nHost: {server.Address.Authority}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n"
        + string.Concat(headers.Select(static header => header + "\r\n")) + "\r\n";

    /// <summary>A masked frame.</summary>
    /// <param name="firstByte">FIN, reserved bits and opcode.</param>
    /// <param name="payload">Payload before masking.</param>
    public static byte[] Frame(byte firstByte, ReadOnlySpan<byte> payload)
    {
        var header = payload.Length switch
        {
            < 126 => new byte[] { firstByte, (byte)(0x80 | payload.Length) },
            <= ushort.MaxValue => [firstByte, 0x80 | 126, (byte)(payload.Length >> 8), (byte)payload.Length],
            _ => [firstByte, 0x80 | 127, 0, 0, 0, 0, (byte)(payload.Length >> 24), (byte)(payload.Length >> 16), (byte)(payload.Length >> 8), (byte)payload.Length],
        };
        byte[] mask = [0x12, 0x34, 0x56, 0x78];
        var frame = new byte[header.Length + 4 + payload.Length];
        header.CopyTo(frame, 0);
        mask.CopyTo(frame, header.Length);
        for (var i = 0; i < payload.Length; i++)
            frame[header.Length + 4 + i] = (byte)(payload[i] ^ mask[i & 3]);
        return frame;
    }

    /// <summary>A whole text message.</summary>
    public static byte[] TextFrame(string text) => Frame(0x81, Encoding.UTF8.GetBytes(text));

    public async Task SendBytesAsync(ReadOnlyMemory<byte> bytes) => await _stream.WriteAsync(bytes);

    public Task SendTextAsync(string text) => SendBytesAsync(TextFrame(text));

    public Task SendFrameAsync(byte firstByte, string payload) => SendBytesAsync(Frame(firstByte, Encoding.UTF8.GetBytes(payload)));

    /// <summary>A close frame with a code and a reason.</summary>
    public Task SendCloseAsync(ushort code, string reason = "")
    {
        var payload = new byte[2 + Encoding.UTF8.GetByteCount(reason)];
        BinaryPrimitives.WriteUInt16BigEndian(payload, code);
        Encoding.UTF8.GetBytes(reason, payload.AsSpan(2));
        return SendBytesAsync(Frame(0x88, payload));
    }

    /// <summary>Reads up to the end of the response's head.</summary>
    public async Task ReadResponseAsync()
    {
        using var timeout = new CancellationTokenSource(Patience);
        var head = new List<byte>();
        while (!(head.Count >= 4 && head[^4] == '\r' && head[^3] == '\n' && head[^2] == '\r' && head[^1] == '\n'))
            head.Add((await ReadAsync(1, timeout.Token))[0]);
        Response = Encoding.ASCII.GetString([.. head]);
    }

    /// <summary>Reads bytes.</summary>
    public async Task<byte[]> ReadBytesAsync(int count)
    {
        using var timeout = new CancellationTokenSource(Patience);
        return await ReadAsync(count, timeout.Token);
    }

    /// <summary>The next frame, whatever it is; it must come in time.</summary>
    public async Task<ServerFrame> NextFrameAsync()
    {
        using var timeout = new CancellationTokenSource(Patience);
        return await WaitForFrameAsync(timeout.Token);
    }

    /// <summary>The next frame, however long it takes.</summary>
    public async Task<ServerFrame> WaitForFrameAsync(CancellationToken cancellationToken)
    {
        var frame = await ReadFrameAsync(cancellationToken);
        // F-14: "The server never sends an empty text frame".
        Assert.False(frame.Opcode == ServerFrame.TextOpcode && frame.Payload.Length == 0);
        return frame;
    }

    /// <summary>The next frame, of whatever RFC 6455 allows a server that does not fragment.</summary>
    public async Task<ServerFrame> ReadFrameAsync(CancellationToken cancellationToken)
    {
        var header = await ReadAsync(2, cancellationToken);
        // RFC 6455 section 5.1: "A server MUST NOT mask any frames". This server never fragments.
        Assert.Equal(0, header[1] & 0x80);
        Assert.Equal(0x80, header[0] & 0xF0);
        long length = header[1] & 0x7F;
        if (length == 126)
            length = BinaryPrimitives.ReadUInt16BigEndian(await ReadAsync(2, cancellationToken));
        else if (length == 127)
            length = BinaryPrimitives.ReadInt64BigEndian(await ReadAsync(8, cancellationToken));
        return new ServerFrame(header[0] & 0x0F, await ReadAsync((int)length, cancellationToken));
    }

    /// <summary>Waits until the server has closed the TCP connection; whatever still arrives is read and dropped.</summary>
    public async Task WaitForEndAsync()
    {
        using var timeout = new CancellationTokenSource(Patience);
        try
        {
            while (await _reader.ReadAsync(timeout.Token) is { IsCompleted: false } result)
                _reader.AdvanceTo(result.Buffer.End);
        }
        catch (IOException)
        {
            // A reset is an end, too.
        }
    }

    /// <summary>The server must close the TCP connection, and nothing may arrive before.</summary>
    public async Task ExpectEndAsync()
    {
        using var timeout = new CancellationTokenSource(Patience);
        try
        {
            var result = await _reader.ReadAsync(timeout.Token);
            Assert.True(result.Buffer.IsEmpty, "something was sent after the close frame");
            Assert.True(result.IsCompleted);
        }
        catch (IOException)
        {
            // A reset is an end, too: what this client has sent behind its close frame was not read.
        }
    }

    /// <summary>Half-closes the TCP connection: nothing more will be sent.</summary>
    public void EndSending() => _stream.Socket.Shutdown(SocketShutdown.Send);

    /// <summary>Ends the connection without a closing handshake.</summary>
    public ValueTask DisposeAsync() => _stream.DisposeAsync();

    private async ValueTask<byte[]> ReadAsync(int count, CancellationToken cancellationToken)
    {
        if (count == 0)
            return [];
        var result = await _reader.ReadAtLeastAsync(count, cancellationToken);
        if (result.Buffer.Length < count)
            throw new EndOfStreamException();
        var bytes = result.Buffer.Slice(0, count);
        var copy = bytes.ToArray();
        _reader.AdvanceTo(bytes.End);
        return copy;
    }
}
