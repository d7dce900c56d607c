using System.Buffers;
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
        // What was given is no secret; only the comparison must not tell how much of it was right.
        Span<byte> bytes = stackalloc byte[hash.Length];
        return given.Length == 2 * hash.Length
            && !given.ContainsAnyInRange('A', 'F')
            && Convert.FromHexString(given, bytes, out _, out _) == OperationStatus.Done
            && CryptographicOperations.FixedTimeEquals(hash, bytes);
    }
}
