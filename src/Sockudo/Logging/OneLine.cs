using System.Globalization;
using System.Text;

namespace Sockudo.Logging;

/// <summary>Text for a line of a log or a terminal: it stays one line and gives no commands, whoever has written it.</summary>
internal static class OneLine
{
    /// <summary>The text, with everything escaped that is not seen.</summary>
    public static string Of(string text)
    {
        var line = new StringBuilder(text.Length);
        foreach (var c in text)
        {
            if (c == '\n')
                line.Append("\\n");
            else if (!char.IsAscii(c) ? IsInvisible(c) : char.IsControl(c))
                line.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}");
            else
                line.Append(c);
        }

        return line.ToString();
    }

    // Further line breaks, and characters that turn the rest of a line around or hide in it.
    private static bool IsInvisible(char c) => char.GetUnicodeCategory(c)
        is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator;
}
