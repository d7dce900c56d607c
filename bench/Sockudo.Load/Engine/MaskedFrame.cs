using System.Buffers.Binary;

namespace Sockudo.Load.Engine;

/// <summary>Text frames as a client sends them. All have the same mask: what it is does not change what unmasking costs.</summary>
internal static class MaskedFrame
{
    private static ReadOnlySpan<byte> Mask => [0x37, 0xFA, 0x21, 0x3D];

    /// <summary>A frame with this payload.</summary>
    public static byte[] Create(ReadOnlySpan<byte> payload)
    {
        var header = HeaderLength(payload.Length);
        var frame = new byte[header + payload.Length];
        frame[0] = 0x81;
        frame[1] = (byte)(0x80 | (header == 6 ? payload.Length : 126));
        if (header == 8)
            BinaryPrimitives.WriteUInt16BigEndian(frame.AsSpan(2), checked((ushort)payload.Length));
        Mask.CopyTo(frame.AsSpan(header - 4));
        Overwrite(frame, header, 0, payload);
        return frame;
    }

    /// <summary>Bytes in front of a payload.</summary>
    public static int HeaderLength(int payloadLength) => payloadLength < 126 ? 6 : 8;

    /// <summary>Replaces a part of a frame's payload.</summary>
    public static void Overwrite(Span<byte> frame, int headerLength, int offset, ReadOnlySpan<byte> bytes)
    {
        var destination = frame.Slice(headerLength + offset, bytes.Length);
        for (var i = 0; i < bytes.Length; i++)
            destination[i] = (byte)(bytes[i] ^ Mask[(offset + i) & 3]);
    }
}
