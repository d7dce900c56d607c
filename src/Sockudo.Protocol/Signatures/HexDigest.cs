using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Sockudo.Protocol.Signatures;

/// <summary>Hashes as they are written in requests: lower-case hex.</summary>
internal static class HexDigest
{
    /// <summary>
    /// Whether <paramref name="given"/> is this hash. Takes the same time wherever it differs; upper-case digits are refused as the
    /// reference does (S-8, A-9).
    /// </summary>
    public static bool Matches(ReadOnlySpan<byte> hash, ReadOnlySpan<char> given)
    {
        Span<char> expected = stackalloc char[2 * hash.Length];
        Convert.TryToHexStringLower(hash, expected, out _);
        return CryptographicOperations.FixedTimeEquals(MemoryMarshal.AsBytes(expected), MemoryMarshal.AsBytes(given));
    }
}
