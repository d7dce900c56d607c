using System.Text;

namespace Sockudo.Fuzz.Targets;

/// <summary>A query taken apart the long way: pairs, and bytes out of <c>%XX</c>.</summary>
internal static class ReferenceQuery
{
    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>The pairs as sent.</summary>
    public static List<(string Name, string Value)> Pairs(string query) =>
        [.. query.Split('&').Where(static pair => pair.Length > 0).Select(static pair => pair.Split('=', 2)).Select(static pair => (pair[0], pair.ElementAtOrDefault(1) ?? ""))];

    /// <summary>A name without regard to case, which only ASCII has here.</summary>
    public static string? ToLower(string? name) => name is null ? null : string.Concat(name.Select(static letter => char.IsAsciiLetterUpper(letter) ? (char)(letter + 'a' - 'A') : letter));

    /// <summary>The text of a name or value; null if there is more than one way to read it, because its bytes are no UTF-8.</summary>
    public static string? Decode(string text, bool isForm)
    {
        var bytes = new List<byte>();
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] == '%' && i + 2 < text.Length && char.IsAsciiHexDigit(text[i + 1]) && char.IsAsciiHexDigit(text[i + 2]))
            {
                bytes.Add(Convert.FromHexString(text.AsSpan(i + 1, 2))[0]);
                i += 2;
            }
            else
            {
                bytes.Add((byte)(text[i] == '+' && isForm ? ' ' : text[i]));
            }
        }

        try
        {
            return Strict.GetString([.. bytes]);
        }
        catch (DecoderFallbackException)
        {
            return null;
        }
    }
}
