using System.Numerics;
using System.Runtime.InteropServices;

namespace Sockudo.Protocol.WebSockets;

/// <summary>Client-to-server masking (RFC 6455 section 5.3).</summary>
public static class Masking
{
    /// <summary>
    /// Masks or unmasks in place: "octet i of the transformed data is the XOR of octet i of the original data with octet
    /// i modulo 4 of the masking key".
    /// </summary>
    /// <param name="data">A piece of the payload.</param>
    /// <param name="mask">The key in wire order, as <see cref="FrameHeader.Mask"/> has it.</param>
    /// <param name="offset">Where this piece begins in the payload.</param>
    public static void Apply(Span<byte> data, uint mask, long offset = 0)
    {
        // Rotate the key so that its first byte meets the first byte of this piece, whatever the byte order.
        var shift = (int)(offset & 3) * 8;
        var key = BitConverter.IsLittleEndian ? BitOperations.RotateRight(mask, shift) : BitOperations.RotateLeft(mask, shift);

        if (Vector.IsHardwareAccelerated && data.Length >= Vector<byte>.Count)
        {
            var wide = Vector.AsVectorByte(new Vector<uint>(key));
            var vectors = MemoryMarshal.Cast<byte, Vector<byte>>(data);
            foreach (ref var vector in vectors)
                vector ^= wide;
            data = data[(vectors.Length * Vector<byte>.Count)..];
        }

        // A vector is a multiple of four bytes, so the key still fits.
        Span<byte> keyBytes = stackalloc byte[4];
        MemoryMarshal.Write(keyBytes, key);
        for (var i = 0; i < data.Length; i++)
            data[i] ^= keyBytes[i & 3];
    }
}
