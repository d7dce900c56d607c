using System.Text;
using NATS.NKeys;
using Xunit;

namespace Sockudo.Nats.Tests.NKeys;

/// <summary>The keys are those of RFC 8032 section 7.1 (tests 1 to 3), in the notation of NATS.</summary>
public sealed class KeyPairTests
{
    private const string Seed = "SUAJ2YNRTXX72WTAXKCEV5ES5QWMIRCJYVUXWMTJDFYDXLADDSXH6YALCA";

    [Theory]
    [InlineData(
        Seed,
        "UDLVVGABQKYQVN6VJP7NHSLEA45A5YLS6PNKMIZFV4BBU2HXA5IRUVAL",
        "",
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b")]
    [InlineData(
        "SAAEZTIITMUP7FW2TW3MGRXMCFHA6W4KGGPTLK5GETNIZ5XNJ64KN645MY",
        "AA6UAF6D5BBYSWUSW4FKOTI3P26JZGBMZ4XMJFUMYDGVL4JK6RTAZQQS",
        "72",
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00")]
    [InlineData(
        "SOAMLKUN6Q7Z7A335W3UILZR3S33CZWTQU2QO3YJJOC44OROBNCFR5ZS7U",
        "OD6FDTMOMIMKDI4NUR7NAARQ6BMAQFXNCO5DGA5MLXVZCFKISCACKOYI",
        "af82",
        "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a")]
    public void A_seed_gives_the_public_key_and_signs(string seed, string publicKey, string message, string signature)
    {
        using var pair = KeyPair.FromSeed(seed);
        var signed = new byte[64];
        pair.Sign(Convert.FromHexString(message), signed);
        Assert.Equal(publicKey, pair.GetPublicKey());
        Assert.Equal(signature, Convert.ToHexStringLower(signed));
        Assert.Equal(seed, pair.GetSeed());
    }

    [Theory]
    [InlineData("SUAJ2YNRTXX72WTAXKCEV5ES5QWMIRCJYVUXWMTJDFYDXLADDSXH6YALCB", "two bits of the last letter are not part of it: this is the same seed")]
    public void Spare_bits_do_not_count(string seed, string why)
    {
        using var pair = KeyPair.FromSeed(seed);
        Assert.True(pair.GetSeed() == Seed, why);
    }

    [Theory]
    [InlineData("SUAJ2YNRTXX72WTAXKCEV5ES5QWMIRCJYVUXWMTJDFYDXLADDSXH6YAMCA", "checksum")]
    [InlineData("SUAJ2YNRTXX72WTAXKCEV5ES5QWMIRCJYVUXWMTJDFYDXLADDSXG6YALCA", "checksum")]
    [InlineData("UAAJ2YNRTXX72WTAXKCEV5ES5QWMIRCJYVUXWMTJDFYDXLADDSXH6YDTFE", "begins with S")] // a public key's prefix
    [InlineData("SBAJ2YNRTXX72WTAXKCEV5ES5QWMIRCJYVUXWMTJDFYDXLADDSXH6YHZX4", "begins with S")] // of no known purpose
    [InlineData("SUAJ2YNRTXX72WTAXKCEV5ES5QWMIRCJYVUXWMTJDFYDXLADDSXH7LIN", "58")] // a byte is missing
    [InlineData("SUAJ2YNRTXX72WTAXKCEV5ES5QWMIRCJYVUXWMTJDFYDXLADDSXH6YALCA==", "58")]
    [InlineData("SUAJ2YNRTXX72WTAXKCEV5ES5QWMIRCJYVUXWMTJDFYDXLADDSXH6YAL1A", "base32")]
    [InlineData("suaj2ynrtxx72wtaxkcev5es5qwmircjyvuxwmtjdfydxladdsxh6yalca", "base32")]
    [InlineData("UDLVVGABQKYQVN6VJP7NHSLEA45A5YLS6PNKMIZFV4BBU2HXA5IRUVAL", "58")] // a public key
    [InlineData("", "58")]
    public void What_is_not_a_seed_is_refused_and_not_repeated(string text, string reason)
    {
        var exception = Assert.Throws<NKeysException>(() => KeyPair.FromSeed(text));
        Assert.Contains(reason, exception.Message, StringComparison.Ordinal);
        Assert.True(text.Length == 0 || !exception.Message.Contains(text, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(PrefixByte.Account, "SA", "A")]
    [InlineData(PrefixByte.Operator, "SO", "O")]
    [InlineData(PrefixByte.User, "SU", "U")]
    [InlineData(PrefixByte.Server, "SN", "N")]
    [InlineData(PrefixByte.Cluster, "SC", "C")]
    public void New_pairs_are_different_and_say_what_they_are_for(PrefixByte prefix, string seedStart, string keyStart)
    {
        using var one = KeyPair.CreatePair(prefix);
        using var other = KeyPair.CreatePair(prefix);
        using var again = KeyPair.FromSeed(one.GetSeed());
        Assert.NotEqual(one.GetSeed(), other.GetSeed());
        Assert.StartsWith(seedStart, one.GetSeed(), StringComparison.Ordinal);
        Assert.StartsWith(keyStart, one.GetPublicKey(), StringComparison.Ordinal);
        Assert.Equal(one.GetPublicKey(), again.GetPublicKey());
        Assert.Equal(prefix, again.Prefix);
    }

    [Theory]
    [InlineData("", "")]
    [InlineData("f", "MY")]
    [InlineData("fo", "MZXQ")]
    [InlineData("foo", "MZXW6")]
    [InlineData("foob", "MZXW6YQ")]
    [InlineData("fooba", "MZXW6YTB")]
    [InlineData("foobar", "MZXW6YTBOI")]
    public void Base32_is_that_of_RFC_4648_section_10(string text, string encoded)
    {
        var bytes = Encoding.ASCII.GetBytes(text);
        var decoded = new byte[bytes.Length];
        Assert.Equal(encoded, Base32.Encode(bytes));
        Assert.True(Base32.TryDecode(encoded, decoded));
        Assert.Equal(bytes, decoded);
    }

    [Fact]
    public void The_checksum_is_CRC_16_XMODEM() => Assert.Equal(0x31C3, Crc16.Of("123456789"u8));
}
