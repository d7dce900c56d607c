using System.Buffers.Binary;
using System.Net;
using System.Text;
using System.Text.Json;

namespace Sockudo.Load.Engine;

/// <summary>One WebSocket of the load generator: a socket, what of a frame is pending, and no more.</summary>
internal sealed class LoadConnection : IByteSink, IDisposable
{
    private const int Text = 1;
    private const int Close = 8;
    private const int Ping = 9;

    private readonly IMessageSink _sink;
    private readonly Transport _transport;
    private PendingBytes _pending = new();
    private bool _isUpgraded;

    /// <summary>Connects and sends the handshake; the answer comes by the loop.</summary>
    /// <param name="target">The server.</param>
    /// <param name="loop">Where the connection is read.</param>
    /// <param name="source">Address to connect from; null = whatever the system chooses.</param>
    /// <param name="receiveBuffer">Bytes of the kernel's receive buffer; null = the system's default.</param>
    /// <param name="sink">Takes the messages.</param>
    public LoadConnection(LoadTarget target, EventLoop loop, IPAddress? source, int? receiveBuffer, IMessageSink sink)
    {
        _sink = sink;
        _transport = Transport.Open(target, loop, source, receiveBuffer, this);
        _transport.Send(target.UpgradeRequest);
    }

    /// <summary>Socket id; empty until the server has said it.</summary>
    public string SocketId { get; private set; } = "";

    /// <summary>Subscriptions acknowledged.</summary>
    public int Subscriptions { get; private set; }

    /// <summary>The server or the network has ended the connection.</summary>
    public bool IsClosed { get; private set; }

    /// <summary>The scenario's own number for this connection or what it belongs to.</summary>
    public int Tag { get; set; }

    /// <summary>When what the scenario waits for began, by the clock of <see cref="MessageStamp"/>.</summary>
    public long Since { get; set; }

    /// <summary>Number of the next message of the load, if none is lost.</summary>
    public long NextSequence { get; set; }

    /// <summary>Sends one text message.</summary>
    public void Send(string text) => Send(MaskedFrame.Create(Encoding.UTF8.GetBytes(text)));

    /// <summary>Sends frames that are masked already.</summary>
    public void Send(ReadOnlySpan<byte> frames) => _transport.Send(frames);

    /// <summary>Subscribes to a channel, signed if it needs to be.</summary>
    public void Subscribe(LoadTarget target, string channel, string? channelData = null)
    {
        var auth = channel.StartsWith("private-", StringComparison.Ordinal) || channel.StartsWith("presence-", StringComparison.Ordinal)
            ? $",\"auth\":\"{target.Authorize(SocketId, channel, channelData)}\""
            : "";
        var data = channelData is null ? "" : $",\"channel_data\":\"{channelData.Replace("\"", "\\\"", StringComparison.Ordinal)}\"";
        Send($"{{\"event\":\"pusher:subscribe\",\"data\":{{\"channel\":\"{channel}\"{auth}{data}}}}}");
    }

    public void Unsubscribe(string channel) => Send($"{{\"event\":\"pusher:unsubscribe\",\"data\":{{\"channel\":\"{channel}\"}}}}");

    /// <summary>Leaves everything that arrives in the kernel's buffers.</summary>
    public void StopReading() => _transport.StopReading();

    /// <summary>Reads again after <see cref="StopReading"/>.</summary>
    public void ResumeReading() => _transport.ResumeReading();

    public void OnBytes(ReadOnlySpan<byte> bytes)
    {
        bytes = _pending.Join(bytes);
        if (_isUpgraded || TryTakeUpgrade(ref bytes))
        {
            while (TryTakeFrame(ref bytes, out var opcode, out var payload))
                Handle(opcode, payload);
        }

        _pending.Keep(bytes);
    }

    public void OnEnd()
    {
        if (IsClosed)
            return;
        IsClosed = true;
        _sink.OnMessage(this, MessageKind.Closed, []);
    }

    public void Dispose() => _transport.Dispose();

    private bool TryTakeUpgrade(ref ReadOnlySpan<byte> bytes)
    {
        var end = bytes.IndexOf("\r\n\r\n"u8);
        if (end < 0)
            return false;
        if (!bytes.StartsWith("HTTP/1.1 101"u8))
            throw new IOException("the server refused the upgrade: " + Encoding.ASCII.GetString(bytes[..end]));
        bytes = bytes[(end + 4)..];
        return _isUpgraded = true;
    }

    private static bool TryTakeFrame(ref ReadOnlySpan<byte> bytes, out int opcode, out ReadOnlySpan<byte> payload)
    {
        opcode = 0;
        payload = default;
        if (bytes.Length < 2)
            return false;
        var (header, length) = (bytes[1] & 0x7F) switch
        {
            126 when bytes.Length >= 4 => (4, BinaryPrimitives.ReadUInt16BigEndian(bytes[2..])),
            127 when bytes.Length >= 10 => (10, (int)BinaryPrimitives.ReadInt64BigEndian(bytes[2..])),
            126 or 127 => (int.MaxValue, 0),
            var small => (2, small),
        };
        if (header > bytes.Length || bytes.Length - header < length)
            return false;
        opcode = bytes[0] & 0x0F;
        payload = bytes.Slice(header, length);
        bytes = bytes[(header + length)..];
        return true;
    }

    private void Handle(int opcode, ReadOnlySpan<byte> payload)
    {
        if (opcode == Text)
            HandleText(payload);
        else if (opcode == Ping)
            Send([0x8A, 0x80, 1, 2, 3, 4]);
        else if (opcode == Close)
            OnEnd();
    }

    private void HandleText(ReadOnlySpan<byte> payload)
    {
        if (payload.StartsWith("{\"event\":\"load\""u8) || payload.StartsWith("{\"event\":\"client-load\""u8))
        {
            _sink.OnMessage(this, MessageKind.Load, payload);
        }
        else if (payload.StartsWith("{\"event\":\"pusher_internal:member_added\""u8))
        {
            _sink.OnMessage(this, MessageKind.MemberAdded, payload);
        }
        else if (payload.StartsWith("{\"event\":\"pusher_internal:member_removed\""u8))
        {
            _sink.OnMessage(this, MessageKind.MemberRemoved, payload);
        }
        else if (payload.StartsWith("{\"event\":\"pusher:connection_established\""u8))
        {
            SocketId = ReadSocketId(payload);
            _sink.OnMessage(this, MessageKind.Established, payload);
        }
        else if (payload.StartsWith("{\"event\":\"pusher_internal:subscription_succeeded\""u8))
        {
            Subscriptions++;
            _sink.OnMessage(this, MessageKind.Subscribed, payload);
        }
        else if (payload.StartsWith("{\"event\":\"pusher:error\""u8))
        {
            throw new IOException("the server says: " + Encoding.UTF8.GetString(payload));
        }
    }

    // Servers differ in how they escape the quotes of a JSON text within a JSON text.
    private static string ReadSocketId(ReadOnlySpan<byte> message)
    {
        using var outer = JsonDocument.Parse(message.ToArray());
        using var data = JsonDocument.Parse(outer.RootElement.GetProperty("data").GetString()!);
        return data.RootElement.GetProperty("socket_id").GetString()!;
    }
}
