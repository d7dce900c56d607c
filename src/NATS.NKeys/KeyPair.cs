using System.Buffers.Binary;
using System.Security.Cryptography;
using Org.BouncyCastle.Math.EC.Rfc8032;

namespace NATS.NKeys;

/// <summary>
/// An Ed25519 key pair in the notation of NATS: base32 of what it is for, the key, and a CRC-16 in little-endian order. A seed begins with five bits that
/// make an <c>S</c>, followed by the eight bits of its purpose and three bits of nothing.
/// </summary>
public sealed class KeyPair : IDisposable
{
    private const int SeedMark = 18 << 3;
    private const int KeyLength = 32;
    private const int ChecksumLength = sizeof(ushort);

    private readonly byte[] _seed;

    private KeyPair(PrefixByte prefix, byte[] seed)
    {
        Prefix = prefix;
        _seed = seed;
    }

    /// <summary>What the key is for.</summary>
    public PrefixByte Prefix { get; }

    /// <summary>The key pair of a seed such as <c>SU…</c>.</summary>
    /// <exception cref="NKeysException">It is not a seed.</exception>
    public static KeyPair FromSeed(ReadOnlySpan<char> encodedSeed)
    {
        Span<byte> raw = stackalloc byte[2 + KeyLength + ChecksumLength];
        try
        {
            if (!Base32.TryDecode(encodedSeed, raw))
                throw new NKeysException("a seed has 58 letters and digits of base32");
            if (Crc16.Of(raw[..^ChecksumLength]) != BinaryPrimitives.ReadUInt16LittleEndian(raw[^ChecksumLength..]))
                throw new NKeysException("the checksum of the seed is wrong");
            var prefix = (PrefixByte)(byte)((raw[0] << 5) | (raw[1] >> 3));
            if ((raw[0] & 0b1111_1000) != SeedMark || !Enum.IsDefined(prefix))
                throw new NKeysException("a seed begins with S and the letter of what it is for");
            return new KeyPair(prefix, raw[2..^ChecksumLength].ToArray());
        }
        finally
        {
            CryptographicOperations.ZeroMemory(raw);
        }
    }

    /// <summary>A new key pair.</summary>
    public static KeyPair CreatePair(PrefixByte prefix) => new(prefix, RandomNumberGenerator.GetBytes(KeyLength));

    /// <summary>The seed as text: a secret.</summary>
    public string GetSeed() => Encode([(byte)(SeedMark | ((byte)Prefix >> 5)), (byte)((byte)Prefix << 3)], _seed);

    /// <summary>The public key as text.</summary>
    public string GetPublicKey()
    {
        var key = new byte[Ed25519.PublicKeySize];
        Ed25519.GeneratePublicKey(_seed, 0, key, 0);
        return Encode([(byte)Prefix], key);
    }

    /// <summary>Signs a message.</summary>
    /// <param name="message">The message.</param>
    /// <param name="signature">Takes the 64 bytes of the signature.</param>
    public void Sign(ReadOnlyMemory<byte> message, Memory<byte> signature)
    {
        var bytes = message.ToArray();
        var signed = new byte[Ed25519.SignatureSize];
        Ed25519.Sign(_seed, 0, bytes, 0, bytes.Length, signed, 0);
        signed.CopyTo(signature);
    }

    /// <summary>Forgets the seed.</summary>
    public void Dispose() => CryptographicOperations.ZeroMemory(_seed);

    private static string Encode(ReadOnlySpan<byte> prefix, ReadOnlySpan<byte> key)
    {
        Span<byte> raw = stackalloc byte[prefix.Length + key.Length + ChecksumLength];
        prefix.CopyTo(raw);
        key.CopyTo(raw[prefix.Length..]);
        BinaryPrimitives.WriteUInt16LittleEndian(raw[^ChecksumLength..], Crc16.Of(raw[..^ChecksumLength]));
        var text = Base32.Encode(raw);
        CryptographicOperations.ZeroMemory(raw);
        return text;
    }
}
