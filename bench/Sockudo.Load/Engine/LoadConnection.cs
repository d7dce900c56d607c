using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Sockudo.Load.Engine;

/// <summary>One WebSocket of the load generator: a socket, a little buffer, and no more.</summary>
internal sealed class LoadConnection : IDisposable
{
    private static readonly byte[] Mask = [1, 2, 3, 4];

    private readonly Socket _socket;
    private byte[] _pending = [];
    private bool _isUpgraded;

    /// <summary>Connects from one of the source addresses and sends the handshake; the answer is read by <see cref="Receive"/>.</summary>
    public LoadConnection(LoadTarget target, IPAddress? source)
    {
        _socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        if (source is not null)
            _socket.Bind(new IPEndPoint(source, 0));
        _socket.Connect(target.Url.Host, target.Url.Port);
        _socket.Send(target.UpgradeRequest);
    }

    public int Descriptor => (int)_socket.Handle;

    /// <summary>Socket id; empty until the server has said it.</summary>
    public string SocketId { get; private set; } = "";

    /// <summary>Subscriptions acknowledged.</summary>
    public int Subscriptions { get; private set; }

    /// <summary>The server or the network has ended the connection.</summary>
    public bool IsClosed { get; private set; }

    /// <summary>Messages of the load seen; the next one expected has this number.</summary>
    public long NextSequence { get; set; }

    /// <summary>Sends one text message.</summary>
    public void Send(string text)
    {
        var payload = Encoding.UTF8.GetBytes(text);
        var header = payload.Length < 126 ? 6 : 8;
        var frame = new byte[header + payload.Length];
        frame[0] = 0x81;
        if (payload.Length < 126)
        {
            frame[1] = (byte)(0x80 | payload.Length);
        }
        else
        {
            frame[1] = 0x80 | 126;
            BinaryPrimitives.WriteUInt16BigEndian(frame.AsSpan(2), (ushort)payload.Length);
        }

        Mask.CopyTo(frame, header - 4);
        for (var i = 0; i < payload.Length; i++)
            frame[header + i] = (byte)(payload[i] ^ Mask[i & 3]);
        SendBytes(frame);
    }

    /// <summary>Subscribes to a channel, signed if it needs to be.</summary>
    public void Subscribe(LoadTarget target, string channel, string? channelData = null)
    {
        var auth = channel.StartsWith("private-", StringComparison.Ordinal) || channel.StartsWith("presence-", StringComparison.Ordinal)
            ? $",\"auth\":\"{target.Authorize(SocketId, channel, channelData)}\""
            : "";
        var data = channelData is null ? "" : $",\"channel_data\":\"{channelData.Replace("\"", "\\\"", StringComparison.Ordinal)}\"";
        Send($"{{\"event\":\"pusher:subscribe\",\"data\":{{\"channel\":\"{channel}\"{auth}{data}}}}}");
    }

    /// <summary>Reads what has arrived, and calls back for every message of the load with its payload.</summary>
    public unsafe void Receive(byte[] buffer, Action<LoadConnection, ReadOnlySpan<byte>> onMessage)
    {
        nint received;
        fixed (byte* data = buffer)
            received = Native.Receive(Descriptor, data, buffer.Length, Native.DontWait);
        if (received <= 0)
        {
            IsClosed = received == 0 || System.Runtime.InteropServices.Marshal.GetLastPInvokeError() != 11; // EAGAIN
            return;
        }

        ReadOnlySpan<byte> bytes = buffer.AsSpan(0, (int)received);
        if (_pending.Length > 0)
        {
            bytes = (byte[])[.. _pending, .. bytes];
            _pending = [];
        }

        var used = Consume(bytes, onMessage);
        if (used < bytes.Length)
            _pending = bytes[used..].ToArray();
    }

    public void Dispose() => _socket.Dispose();

    private int Consume(ReadOnlySpan<byte> bytes, Action<LoadConnection, ReadOnlySpan<byte>> onMessage)
    {
        var used = 0;
        if (!_isUpgraded)
        {
            var end = bytes.IndexOf("\r\n\r\n"u8);
            if (end < 0)
                return 0;
            if (!bytes.StartsWith("HTTP/1.1 101"u8))
                throw new IOException("the server refused the upgrade: " + Encoding.ASCII.GetString(bytes[..end]));
            _isUpgraded = true;
            used = end + 4;
        }

        while (bytes.Length - used >= 2)
        {
            var frame = bytes[used..];
            var (header, length) = (frame[1] & 0x7F) switch
            {
                126 when frame.Length >= 4 => (4, BinaryPrimitives.ReadUInt16BigEndian(frame[2..])),
                127 when frame.Length >= 10 => (10, (int)BinaryPrimitives.ReadInt64BigEndian(frame[2..])),
                126 or 127 => (int.MaxValue, 0),
                var small => (2, small),
            };
            if (header > frame.Length || frame.Length - header < length)
                break;
            Handle(frame[0] & 0x0F, frame.Slice(header, length), onMessage);
            used += header + length;
        }

        return used;
    }

    private void Handle(int opcode, ReadOnlySpan<byte> payload, Action<LoadConnection, ReadOnlySpan<byte>> onMessage)
    {
        if (opcode == 9)
            SendBytes([0x8A, 0x80, .. Mask]);
        else if (opcode == 8)
            IsClosed = true;
        else if (opcode != 1)
            return;
        else if (payload.StartsWith("{\"event\":\"load\""u8) || payload.StartsWith("{\"event\":\"client-load\""u8))
            onMessage(this, payload);
        else if (payload.StartsWith("{\"event\":\"pusher:connection_established\""u8))
            SocketId = Encoding.ASCII.GetString(payload).Split("socket_id\\\":\\\"")[1].Split("\\\"")[0];
        else if (payload.StartsWith("{\"event\":\"pusher_internal:subscription_succeeded\""u8))
            Subscriptions++;
        else if (payload.StartsWith("{\"event\":\"pusher:error\""u8))
            throw new IOException("the server says: " + Encoding.UTF8.GetString(payload));
    }

    private void SendBytes(byte[] bytes) => _socket.Send(bytes);
}
