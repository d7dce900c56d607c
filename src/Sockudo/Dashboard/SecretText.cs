using System.Security.Cryptography;
using System.Text;

namespace Sockudo.Dashboard;

/// <summary>A password or token that others have to show. How long a comparison takes says nothing about it.</summary>
internal sealed class SecretText(string text)
{
    // Of one length, whatever somebody shows.
    private readonly byte[] _hash = Hash(text);

    /// <summary>Whether this is it.</summary>
    public bool Is(string shown) => CryptographicOperations.FixedTimeEquals(_hash, Hash(shown));

    private static byte[] Hash(string text) => SHA256.HashData(Encoding.UTF8.GetBytes(text));
}
