namespace Sockudo.Configuration;

/// <summary>What may be shown of values that hold secrets.</summary>
internal static class Masked
{
    /// <summary>Stands for a secret, or for the part of a text that may be one.</summary>
    public const string Secret = "***";

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

    /// <summary>A text as it is, unless it is a URL, which may hold user info.</summary>
    public static string Text(string text) => text.Contains("://", StringComparison.Ordinal) && text.Contains('@') ? Address(text) : text;

    /// <summary>
    /// A parser's message without the words that it quotes from the text: somebody may have written a password without its quotes.
    /// Signs, names of tokens and single characters stay.
    /// </summary>
    public static string Message(string message, ReadOnlySpan<char> text)
    {
        foreach (var quote in (ReadOnlySpan<char>)['\'', '`'])
        {
            var parts = message.Split(quote);
            for (var i = 1; i < parts.Length - 1; i += 2)
            {
                if (parts[i].Length > 1 && parts[i].Any(char.IsLetterOrDigit) && text.Contains(parts[i], StringComparison.Ordinal))
                    parts[i] = Secret;
            }

            message = string.Join(quote, parts);
        }

        return message;
    }
}
