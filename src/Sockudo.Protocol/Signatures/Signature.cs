using System.Security.Cryptography;
using System.Text;

namespace Sockudo.Protocol.Signatures;

/// <summary>
/// HMAC(x) of section 0.2: lower-case hex of HMAC-SHA256 under the UTF-8 bytes of the app's secret. What many signatures are
/// verified with is a <see cref="SigningKey"/>.
/// </summary>
public static class Signature
{
    /// <summary>The signature of a message as 64 lower-case hex digits.</summary>
    public static string Compute(string secret, ReadOnlySpan<byte> message)
    {
        Span<byte> hash = stackalloc byte[HMACSHA256.HashSizeInBytes];
        HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), message, hash);
        return Convert.ToHexStringLower(hash);
    }
}
