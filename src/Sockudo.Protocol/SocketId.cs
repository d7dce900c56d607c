using System.Security.Cryptography;

namespace Sockudo.Protocol;

/// <summary>Ids of connections, <c>^\d+\.\d+$</c> (C-13).</summary>
public static class SocketId
{
    /// <summary>
    /// A new id from the cryptographic generator: two numbers of up to ten digits, together 60 random bits, so that
    /// nodes need not agree on them.
    /// </summary>
    public static string Create()
    {
        Span<byte> random = stackalloc byte[8];
        RandomNumberGenerator.Fill(random);
        var bits = BitConverter.ToUInt64(random);
        return $"{bits & 0x3FFF_FFFF}.{(bits >> 30) & 0x3FFF_FFFF}";
    }

    /// <summary>Whether this has the form of a socket id (T-5).</summary>
    public static bool IsWellFormed(ReadOnlySpan<char> id)
    {
        var dot = id.IndexOf('.');
        return dot > 0 && dot < id.Length - 1
            && !id[..dot].ContainsAnyExceptInRange('0', '9')
            && !id[(dot + 1)..].ContainsAnyExceptInRange('0', '9');
    }
}
