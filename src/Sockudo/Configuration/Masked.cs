using System.Text;
using System.Text.RegularExpressions;

namespace Sockudo.Configuration;

/// <summary>What may be shown of values that hold secrets.</summary>
internal static partial class Masked
{
    /// <summary>Stands for a secret, or for the part of a text that may be one.</summary>
    public const string Secret = "***";

    // Shown even if the text has them too: they say nothing of it.
    private static readonly HashSet<string> ParserWords = new(StringComparer.OrdinalIgnoreCase)
    {
        "a", "after", "an", "and", "array", "at", "be", "but", "character", "data", "end", "expected", "expecting", "false", "file", "found", "in", "instead", "invalid", "is", "JSON", "key", "line",
        "literal", "not", "null", "number", "object", "of", "on", "or", "start", "string", "table", "that", "the", "to", "token", "true", "unexpected", "value", "was", "with", "within",
    };

    /// <summary>A URL or <c>host:port</c> without its user info and query.</summary>
    public static string Address(string address)
    {
        // A password may hold an @ that was not percent-encoded, so the last one counts.
        var at = address.LastIndexOf('@');
        var query = address.IndexOf('?', Math.Max(at, 0));
        var shown = query < 0 ? address : address[..query];
        if (at < 0)
            return shown;
        var scheme = address.AsSpan(0, at).IndexOf("://");
        return $"{(scheme < 0 ? "" : address[..(scheme + 3)])}{Secret}{shown[at..]}";
    }

    /// <summary>A text as it is, unless it may hold user info: a URL, or an address without its scheme.</summary>
    public static string Text(string text) => text.Contains('@') ? Address(text) : text;

    /// <summary>
    /// A parser's message without what it has from the text: somebody may have written a password without its quotes, or forgotten the quote of a value before it.
    /// Signs, single characters and the words of parsers stay.
    /// </summary>
    public static string Message(string message, string text)
    {
        var words = Word().Matches(message);
        var shown = new StringBuilder();
        var done = 0;
        for (var first = 0; first < words.Count; first++)
        {
            // A password may have signs and spaces in it.
            var last = first;
            while (last + 1 < words.Count && text.Contains(Run(first, last + 1), StringComparison.Ordinal))
                last++;
            var run = Run(first, last);
            if (run.Length == 1 || !text.Contains(run, StringComparison.Ordinal) || words.Skip(first).Take(last - first + 1).All(static word => ParserWords.Contains(word.Value)))
                continue;
            shown.Append(message, done, words[first].Index - done).Append(Secret);
            done = words[last].Index + words[last].Length;
            first = last;
        }

        return shown.Append(message, done, message.Length - done).ToString();

        string Run(int first, int last) => message[words[first].Index..(words[last].Index + words[last].Length)];
    }

    [GeneratedRegex(@"[\p{L}\p{N}_]+")]
    private static partial Regex Word();
}
