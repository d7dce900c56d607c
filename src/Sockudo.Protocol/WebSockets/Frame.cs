using System.Buffers.Binary;

namespace Sockudo.Protocol.WebSockets;

/// <summary>
/// One complete frame from server to client, header and payload, ready for the wire. Immutable once built and shared by
/// every recipient: server frames are not masked (RFC 6455 section 5.1), so the same bytes serve all.
/// </summary>
public sealed class Frame
{
    /// <summary>A ping without payload, the probe of an idle connection (H-4).</summary>
    public static readonly Frame EmptyPing = Create(Opcode.Ping, []);

    private readonly int _headerLength;

    private Frame(byte[] bytes, int headerLength)
    {
        Bytes = bytes;
        _headerLength = headerLength;
    }

    /// <summary>Header and payload. Must not be changed once the frame has been given to a connection.</summary>
    public byte[] Bytes { get; }

    /// <summary>Bytes on the wire.</summary>
    public int Length => Bytes.Length;

    /// <summary>Bytes of the payload.</summary>
    public int PayloadLength => Bytes.Length - _headerLength;

    /// <summary>The payload: for a text frame, its JSON text.</summary>
    public ReadOnlySpan<byte> Payload => Bytes.AsSpan(_headerLength);

    /// <summary>A frame with a copy of this payload.</summary>
    public static Frame Create(Opcode opcode, ReadOnlySpan<byte> payload)
    {
        var frame = Allocate(opcode, payload.Length, out var destination);
        payload.CopyTo(destination);
        return frame;
    }

    /// <summary>Bytes that are sent as they are: the answer to an opening handshake, in front of the first frame.</summary>
    public static Frame FromWire(byte[] bytes) => new(bytes, headerLength: 0);

    /// <summary>A close frame (RFC 6455 section 5.5.1): code, and a reason cut to 123 bytes of UTF-8 (C-8).</summary>
    public static Frame Close(ushort code, string reason)
    {
        Span<byte> payload = stackalloc byte[FrameHeader.MaxControlPayload];
        BinaryPrimitives.WriteUInt16BigEndian(payload, code);
        System.Text.Unicode.Utf8.FromUtf16(reason, payload[2..], out _, out var written);
        return Create(Opcode.Close, payload[..(2 + written)]);
    }

    /// <summary>A close frame without a code.</summary>
    public static Frame CloseWithoutCode() => Create(Opcode.Close, []);

    /// <summary>Room for a frame whose payload the caller writes at once.</summary>
    internal static Frame Allocate(Opcode opcode, int payloadLength, out Span<byte> payload)
    {
        var headerLength = payloadLength switch { < 126 => 2, <= ushort.MaxValue => 4, _ => 10 };
        var bytes = new byte[headerLength + payloadLength];
        bytes[0] = (byte)(0x80 | (byte)opcode);
        switch (headerLength)
        {
            case 2:
                bytes[1] = (byte)payloadLength;
                break;
            case 4:
                bytes[1] = 126;
                BinaryPrimitives.WriteUInt16BigEndian(bytes.AsSpan(2), (ushort)payloadLength);
                break;
            default:
                bytes[1] = 127;
                BinaryPrimitives.WriteInt64BigEndian(bytes.AsSpan(2), payloadLength);
                break;
        }

        payload = bytes.AsSpan(headerLength);
        return new Frame(bytes, headerLength);
    }
}
