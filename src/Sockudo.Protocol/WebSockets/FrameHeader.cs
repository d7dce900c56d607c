using System.Buffers.Binary;

namespace Sockudo.Protocol.WebSockets;

/// <summary>The header of a frame from a client (RFC 6455 section 5.2).</summary>
public readonly struct FrameHeader
{
    /// <summary>Longest header of a masked frame: 2 bytes, 8 of length, 4 of mask.</summary>
    public const int MaxLength = 14;

    /// <summary>Longest payload of a control frame (RFC 6455 section 5.5).</summary>
    public const int MaxControlPayload = 125;

    private FrameHeader(bool isFinal, Opcode opcode, int headerLength, long payloadLength, uint mask)
    {
        IsFinal = isFinal;
        Opcode = opcode;
        HeaderLength = headerLength;
        PayloadLength = payloadLength;
        Mask = mask;
    }

    /// <summary>FIN: the last (or only) fragment of its message.</summary>
    public bool IsFinal { get; }

    /// <summary>What the frame is.</summary>
    public Opcode Opcode { get; }

    /// <summary>Bytes of this header; the payload follows.</summary>
    public int HeaderLength { get; }

    /// <summary>Bytes of the payload.</summary>
    public long PayloadLength { get; }

    /// <summary>The masking key as it stands on the wire, for <see cref="Masking.Apply"/>.</summary>
    public uint Mask { get; }

    /// <summary>Close, ping or pong.</summary>
    public bool IsControl => ((byte)Opcode & 0x8) != 0;

    /// <summary>
    /// Reads the header at the start of <paramref name="data"/>. Refused as protocol errors: reserved bits (no extension is
    /// ever negotiated), reserved opcodes, unmasked frames (section 5.1), fragmented or long control frames (5.5), and
    /// lengths that are not encoded in the minimal number of bytes or have the top bit set (5.2).
    /// </summary>
    public static FrameHeaderResult TryRead(ReadOnlySpan<byte> data, out FrameHeader header)
    {
        header = default;
        if (data.Length < 2)
            return data.Length == 1 && (data[0] & 0x70) != 0 ? FrameHeaderResult.ProtocolError : FrameHeaderResult.Incomplete;

        var isFinal = (data[0] & 0x80) != 0;
        var opcode = (Opcode)(data[0] & 0x0F);
        var shortLength = data[1] & 0x7F;
        var isControl = (data[0] & 0x08) != 0;
        if ((data[0] & 0x70) != 0 || opcode is not (<= Opcode.Binary or (>= Opcode.Close and <= Opcode.Pong)))
            return FrameHeaderResult.ProtocolError;
        if ((data[1] & 0x80) == 0 || (isControl && (!isFinal || shortLength > MaxControlPayload)))
            return FrameHeaderResult.ProtocolError;

        var lengthBytes = shortLength switch { 126 => 2, 127 => 8, _ => 0 };
        var headerLength = 2 + lengthBytes + 4;
        if (data.Length < headerLength)
            return FrameHeaderResult.Incomplete;

        long length = lengthBytes switch
        {
            2 => BinaryPrimitives.ReadUInt16BigEndian(data[2..]),
            8 => BinaryPrimitives.ReadInt64BigEndian(data[2..]),
            _ => shortLength,
        };
        if ((lengthBytes == 2 && length < 126) || (lengthBytes == 8 && length <= ushort.MaxValue))
            return FrameHeaderResult.ProtocolError;

        // Read in the machine's own order: masking is a byte-wise exclusive or, so loading mask and payload alike is enough.
        var mask = System.Runtime.InteropServices.MemoryMarshal.Read<uint>(data[(headerLength - 4)..]);
        header = new FrameHeader(isFinal, opcode, headerLength, length, mask);
        return FrameHeaderResult.Complete;
    }
}
