using System.Buffers;
using System.Net.Sockets;
using System.Text;
using Sockudo.Load.Engine;
using Sockudo.Protocol.WebSockets;

namespace Sockudo.Load.Floor;

/// <summary>One client of the floor: a WebSocket, or a publisher.</summary>
internal sealed class FloorConnection(FloorServer server, Socket socket) : IReadable
{
    private const int MaxMessageBytes = 1024 * 1024;

    private static readonly byte[] Ok = Encoding.ASCII.GetBytes("HTTP/1.1 200 OK\r\nContent-Length: 11\r\n\r\n{\"ok\":true}");
    private static readonly byte[] Upgraded =
    [
        .. "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n"u8,
        .. Frame.Create(Opcode.Text, """{"event":"pusher:connection_established","data":"{\"socket_id\":\"1.1\"}"}"""u8).Bytes,
    ];

    private static readonly byte[] Subscribed = Frame.Create(Opcode.Text, """{"event":"pusher_internal:subscription_succeeded","data":"{}"}"""u8).Bytes;

    private readonly ArrayBufferWriter<byte> _output = new();
    private byte[] _pending = [];
    private MessageReader? _webSocket;
    private FloorChannel? _channel;

    public int Descriptor { get; } = (int)socket.Handle;

    public unsafe void OnReadable(byte[] scratch)
    {
        // What is pending stands in front; there is hardly ever anything.
        _pending.CopyTo(scratch, 0);
        nint received;
        fixed (byte* data = &scratch[_pending.Length])
            received = Native.Receive(Descriptor, data, scratch.Length - _pending.Length, Native.DontWait);
        if (received <= 0)
        {
            Close();
            return;
        }

        var arrived = new Memory<byte>(scratch, 0, _pending.Length + (int)received);
        var rest = _webSocket is null ? TakeRequests(arrived.Span) : TakeMessages(arrived);
        _pending = rest.IsEmpty ? [] : rest.ToArray();
    }

    private void Close()
    {
        server.Remove(this);
        _channel?.Remove(this);
        _webSocket?.Dispose();
        socket.Dispose();
    }

    private ReadOnlySpan<byte> TakeRequests(ReadOnlySpan<byte> bytes)
    {
        if (bytes.StartsWith("GET "u8))
        {
            _webSocket = new MessageReader(MaxMessageBytes);
            Send(Upgraded);
            return [];
        }

        while (TryTakeRequest(ref bytes, out var body))
        {
            server.Publish(Member(body, "\"channels\":[\""u8), Member(body, "\"data\":\""u8));
            _output.Write(Ok);
            if (!server.Options.Coalesce)
                Flush();
        }

        server.Flush();
        Flush();
        return bytes;
    }

    private ReadOnlySpan<byte> TakeMessages(ReadOnlyMemory<byte> bytes)
    {
        var sequence = new ReadOnlySequence<byte>(bytes);
        var peer = server.Options.Echo ? _channel?.PeerOf(this) : null;
        while (_webSocket!.Read(ref sequence, out var message) == MessageReaderResult.Message)
        {
            if (message.Opcode == Opcode.Text && message.Payload.StartsWith("{\"event\":\"pusher:subscribe\""u8))
                Subscribe(message.Payload);
            else if (message.Opcode == Opcode.Text)
                peer?.Relay(message.Payload);
        }

        peer?.Flush();
        return sequence.FirstSpan;
    }

    private void Subscribe(ReadOnlySpan<byte> message)
    {
        _channel = server.ChannelOf(Member(message, "\"channel\":\""u8));
        _channel.Add(this);
        Send(Subscribed);
    }

    private void Relay(ReadOnlySpan<byte> payload)
    {
        _output.Write(Frame.Create(Opcode.Text, payload).Bytes);
        if (!server.Options.Coalesce)
            Flush();
    }

    private void Flush()
    {
        if (_output.WrittenCount > 0)
            Send(_output.WrittenSpan);
        _output.ResetWrittenCount();
    }

    private unsafe void Send(ReadOnlySpan<byte> bytes)
    {
        fixed (byte* data = bytes)
            _ = Native.Send(Descriptor, data, bytes.Length, Native.NoSignal);
    }

    private static bool TryTakeRequest(ref ReadOnlySpan<byte> bytes, out ReadOnlySpan<byte> body)
    {
        body = default;
        var end = bytes.IndexOf("\r\n\r\n"u8);
        if (end < 0)
            return false;
        var length = bytes[(bytes.IndexOf("Content-Length: "u8) + 16)..];
        _ = System.Buffers.Text.Utf8Parser.TryParse(length, out int contentLength, out _);
        if (bytes.Length < end + 4 + contentLength)
            return false;
        body = bytes.Slice(end + 4, contentLength);
        bytes = bytes[(end + 4 + contentLength)..];
        return true;
    }

    // The string that follows, without quotes; the generator's strings have nothing to escape.
    private static ReadOnlySpan<byte> Member(ReadOnlySpan<byte> json, ReadOnlySpan<byte> beginning)
    {
        var value = json[(json.IndexOf(beginning) + beginning.Length)..];
        return value[..value.IndexOf((byte)'"')];
    }
}
