using System.Buffers;
using System.Security.Cryptography;
using System.Text;

namespace Sockudo.Protocol.Signatures;

/// <summary>The secret of an app, made ready to verify signatures with it: HMAC(x) of section 0.2. Safe from any thread.</summary>
public sealed class SigningKey
{
    /// <summary>Hex digits of a signature.</summary>
    internal const int SignatureLength = 2 * HMACSHA256.HashSizeInBytes;

    private readonly ReusableHash _hmac;

    /// <param name="secret">The app's secret, whose UTF-8 bytes are the key.</param>
    public SigningKey(string secret)
    {
        var key = Encoding.UTF8.GetBytes(secret);
        _hmac = new ReusableHash(() => IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, key));
    }

    /// <summary>Whether <paramref name="signature"/> is the signature of the message, in a time that does not tell where it differs.</summary>
    public bool Verify(ReadOnlySpan<char> message, ReadOnlySpan<char> signature)
    {
        if (signature.Length != SignatureLength)
            return false;
        var utf8 = ArrayPool<byte>.Shared.Rent(Encoding.UTF8.GetMaxByteCount(message.Length));
        Span<byte> hash = stackalloc byte[HMACSHA256.HashSizeInBytes];
        _hmac.Compute(utf8.AsSpan(0, Encoding.UTF8.GetBytes(message, utf8)), hash);
        ArrayPool<byte>.Shared.Return(utf8);
        return HexDigest.Matches(hash, signature);
    }
}
