using System.Buffers;
using System.Security.Cryptography;
using System.Text;

namespace Sockudo.Protocol.Signatures;

/// <summary>The secret of an app, or the two that are valid while it is being rotated, made ready to verify signatures: HMAC(x) of section 0.2. Safe from any thread.</summary>
public sealed class SigningKey
{
    /// <summary>Hex digits of a signature.</summary>
    internal const int SignatureLength = 2 * HMACSHA256.HashSizeInBytes;

    private readonly ReusableHash _hmac;
    private readonly ReusableHash? _previous;

    /// <param name="secret">The app's secret, whose UTF-8 bytes are the key.</param>
    /// <param name="previous">The secret that it replaces and that is still valid; null or empty = none.</param>
    public SigningKey(string secret, string? previous = null)
    {
        _hmac = Hmac(secret);
        _previous = string.IsNullOrEmpty(previous) ? null : Hmac(previous);
    }

    /// <summary>Whether <paramref name="signature"/> is the signature of the message, in a time that does not tell where it differs.</summary>
    public bool Verify(ReadOnlySpan<char> message, ReadOnlySpan<char> signature)
    {
        if (signature.Length != SignatureLength)
            return false;
        var utf8 = ArrayPool<byte>.Shared.Rent(Encoding.UTF8.GetMaxByteCount(message.Length));
        var bytes = utf8.AsSpan(0, Encoding.UTF8.GetBytes(message, utf8));
        var isValid = Verify(_hmac, bytes, signature) || (_previous is not null && Verify(_previous, bytes, signature));
        ArrayPool<byte>.Shared.Return(utf8);
        return isValid;
    }

    private static bool Verify(ReusableHash hmac, ReadOnlySpan<byte> message, ReadOnlySpan<char> signature)
    {
        Span<byte> hash = stackalloc byte[HMACSHA256.HashSizeInBytes];
        hmac.Compute(message, hash);
        return HexDigest.Matches(hash, signature);
    }

    private static ReusableHash Hmac(string secret)
    {
        var key = Encoding.UTF8.GetBytes(secret);
        return new ReusableHash(() => IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, key));
    }
}
