using System.Security.Cryptography;
using System.Text;

namespace Sockudo.Protocol.Signatures;

/// <summary>
/// HMAC(x) of section 0.2: lower-case hex of HMAC-SHA256 under the UTF-8 bytes of the app's secret.
/// </summary>
public static class Signature
{
    private const int HexLength = 2 * HMACSHA256.HashSizeInBytes;

    /// <summary>The signature of a message as 64 lower-case hex digits.</summary>
    public static string Compute(string secret, ReadOnlySpan<byte> message)
    {
        Span<byte> hash = stackalloc byte[HMACSHA256.HashSizeInBytes];
        HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), message, hash);
        return Convert.ToHexStringLower(hash);
    }

    /// <summary>
    /// Whether <paramref name="signature"/> is the signature of the message. Takes the same time wherever it differs;
    /// upper-case digits are refused as the reference does (S-8, A-9).
    /// </summary>
    public static bool Verify(string secret, string message, ReadOnlySpan<char> signature) =>
        Verify(secret, Encoding.UTF8.GetBytes(message), signature);

    /// <inheritdoc cref="Verify(string, string, ReadOnlySpan{char})"/>
    public static bool Verify(string secret, ReadOnlySpan<byte> message, ReadOnlySpan<char> signature)
    {
        if (signature.Length != HexLength)
            return false;
        Span<byte> given = stackalloc byte[HexLength];
        if (!Encoding.ASCII.TryGetBytes(signature, given, out var written) || written != HexLength)
            return false;

        Span<byte> hash = stackalloc byte[HMACSHA256.HashSizeInBytes];
        HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), message, hash);
        Span<byte> expected = stackalloc byte[HexLength];
        Convert.TryToHexStringLower(hash, expected, out _);
        return CryptographicOperations.FixedTimeEquals(expected, given);
    }
}
