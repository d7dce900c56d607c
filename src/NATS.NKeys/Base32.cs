namespace NATS.NKeys;

/// <summary>RFC 4648 section 6, without padding, as NKeys are written.</summary>
internal static class Base32
{
    private const string Alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

    /// <summary>The text of these bytes.</summary>
    public static string Encode(ReadOnlySpan<byte> bytes)
    {
        Span<char> text = stackalloc char[Length(bytes.Length)];
        var bits = 0;
        var count = 0;
        var written = 0;
        foreach (var value in bytes)
        {
            bits = (bits << 8) | value;
            count += 8;
            while (count >= 5)
            {
                count -= 5;
                text[written++] = Alphabet[(bits >> count) & 31];
            }

            bits &= (1 << count) - 1;
        }

        if (count > 0)
            text[written] = Alphabet[(bits << (5 - count)) & 31];
        return new string(text);
    }

    /// <summary>False if the text is not made of the alphabet, or is not exactly as long as these bytes are.</summary>
    public static bool TryDecode(ReadOnlySpan<char> text, Span<byte> bytes)
    {
        if (text.Length != Length(bytes.Length))
            return false;
        var bits = 0;
        var count = 0;
        var written = 0;
        foreach (var letter in text)
        {
            var value = Alphabet.IndexOf(letter, StringComparison.Ordinal);
            if (value < 0)
                return false;
            bits = (bits << 5) | value;
            count += 5;
            if (count < 8)
                continue;
            count -= 8;
            bytes[written++] = (byte)(bits >> count);
            bits &= (1 << count) - 1;
        }

        return true;
    }

    private static int Length(int bytes) => ((bytes * 8) + 4) / 5;
}
