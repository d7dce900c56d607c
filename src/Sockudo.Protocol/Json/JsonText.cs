using System.Buffers;
using System.Buffers.Text;
using System.Text;

namespace Sockudo.Protocol.Json;

/// <summary>
/// JSON string contents as bytes. Text that is already JSON is copied, never decoded and encoded again, so that what a
/// publisher wrote survives unchanged (F-9, CE-5).
/// </summary>
public static class JsonText
{
    // RFC 8259 section 7: quotation mark, reverse solidus and the control characters must be escaped, nothing else.
    private static readonly SearchValues<byte> MustEscape = SearchValues.Create(
        [.. Enumerable.Range(0, 0x20).Select(static value => (byte)value), (byte)'"', (byte)'\\']);

    /// <summary>Bytes of <paramref name="utf8"/> once it is escaped as the content of a JSON string.</summary>
    public static int EscapedLength(ReadOnlySpan<byte> utf8)
    {
        var length = utf8.Length;
        while (true)
        {
            var next = utf8.IndexOfAny(MustEscape);
            if (next < 0)
                return length;
            length += ShortEscape(utf8[next]) != 0 ? 1 : 5;
            utf8 = utf8[(next + 1)..];
        }
    }

    /// <summary>Writes <paramref name="utf8"/> as the content of a JSON string, without quotes; returns the bytes written.</summary>
    /// <param name="utf8">Well-formed UTF-8.</param>
    /// <param name="destination">At least <see cref="EscapedLength"/> bytes.</param>
    public static int Escape(ReadOnlySpan<byte> utf8, Span<byte> destination)
    {
        var written = 0;
        while (true)
        {
            var next = utf8.IndexOfAny(MustEscape);
            var plain = next < 0 ? utf8 : utf8[..next];
            plain.CopyTo(destination[written..]);
            written += plain.Length;
            if (next < 0)
                return written;
            written += EscapeOne(utf8[next], destination[written..]);
            utf8 = utf8[(next + 1)..];
        }
    }

    /// <summary>
    /// Decodes the content of a JSON string (without quotes, its syntax already checked by a JSON reader).
    /// False if it has a lone surrogate escape, which no UTF-8 text can hold (F-10).
    /// </summary>
    /// <param name="content">The bytes between the quotes.</param>
    /// <param name="destination">At least as long as <paramref name="content"/>.</param>
    /// <param name="written">Bytes of UTF-8 written.</param>
    public static bool TryUnescape(ReadOnlySpan<byte> content, Span<byte> destination, out int written)
    {
        written = 0;
        while (true)
        {
            var next = content.IndexOf((byte)'\\');
            var plain = next < 0 ? content : content[..next];
            plain.CopyTo(destination[written..]);
            written += plain.Length;
            if (next < 0)
                return true;
            content = content[next..];
            if (!TryReadEscape(ref content, out var rune))
                return false;
            written += rune.EncodeToUtf8(destination[written..]);
        }
    }

    /// <summary>Bytes of UTF-8 that the content of a JSON string stands for; false on a lone surrogate escape.</summary>
    public static bool TryGetUnescapedLength(ReadOnlySpan<byte> content, out int length)
    {
        length = 0;
        while (true)
        {
            var next = content.IndexOf((byte)'\\');
            length += next < 0 ? content.Length : next;
            if (next < 0)
                return true;
            content = content[next..];
            if (!TryReadEscape(ref content, out var rune))
                return false;
            length += rune.Utf8SequenceLength;
        }
    }

    private static bool TryReadEscape(ref ReadOnlySpan<byte> content, out Rune rune)
    {
        if (content[1] != 'u')
        {
            rune = new Rune(content[1] switch
            {
                (byte)'b' => '\b',
                (byte)'f' => '\f',
                (byte)'n' => '\n',
                (byte)'r' => '\r',
                (byte)'t' => '\t',
                var itself => (char)itself,
            });
            content = content[2..];
            return true;
        }

        var high = ReadHex(content[2..6]);
        content = content[6..];
        if (!char.IsSurrogate(high))
            return Rune.TryCreate(high, out rune);
        rune = default;
        if (!content.StartsWith("\\u"u8) || !Rune.TryCreate(high, ReadHex(content[2..6]), out rune))
            return false;
        content = content[6..];
        return true;
    }

    private static char ReadHex(ReadOnlySpan<byte> digits) =>
        Utf8Parser.TryParse(digits, out ushort value, out _, 'x') ? (char)value : '\uD800';

    private static int EscapeOne(byte value, Span<byte> destination)
    {
        destination[0] = (byte)'\\';
        var escape = ShortEscape(value);
        if (escape != 0)
        {
            destination[1] = escape;
            return 2;
        }

        "u00"u8.CopyTo(destination[1..]);
        destination[4] = (byte)('0' + (value >> 4));
        destination[5] = (byte)"0123456789abcdef"[value & 15];
        return 6;
    }

    private static byte ShortEscape(byte value) => value switch
    {
        (byte)'"' => (byte)'"',
        (byte)'\\' => (byte)'\\',
        (byte)'\b' => (byte)'b',
        (byte)'\f' => (byte)'f',
        (byte)'\n' => (byte)'n',
        (byte)'\r' => (byte)'r',
        (byte)'\t' => (byte)'t',
        _ => 0,
    };
}
