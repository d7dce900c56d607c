using System.Text;

namespace Sockudo.Configuration;

/// <summary>Reads a <c>.env</c> file (configuration.md 1.2).</summary>
internal static class DotEnvFile
{
    /// <summary>
    /// The variables that the file sets. Names that the real environment has, even empty, are not touched, and are what
    /// <c>${NAME}</c> refers to first.
    /// </summary>
    public static Dictionary<string, string> Parse(string text, IReadOnlyDictionary<string, string> environment, ConfigurationProblems problems)
    {
        var variables = new Dictionary<string, string>(StringComparer.Ordinal);
        var number = 0;
        foreach (var rawLine in text.EnumerateLines())
        {
            number++;
            var line = rawLine.Trim();
            if (line.IsEmpty || line[0] == '#')
                continue;
            if (line.StartsWith("export") && line.Length > "export".Length && char.IsWhiteSpace(line["export".Length]))
                line = line["export".Length..].TrimStart();
            var equals = line.IndexOf('=');
            if (equals <= 0 || !IsName(line[..equals].TrimEnd()))
            {
                problems.Error($".env:{number}: this is no NAME=value line");
                continue;
            }

            if (ReadValue(line[(equals + 1)..].Trim(), name => Lookup(name, environment, variables)) is { } value)
                variables[line[..equals].TrimEnd().ToString()] = value;
            else
                problems.Error($".env:{number}: the quote that begins the value does not end, or something follows it");
        }

        return variables.Where(variable => !environment.ContainsKey(variable.Key)).ToDictionary(StringComparer.Ordinal);
    }

    private static string Lookup(string name, IReadOnlyDictionary<string, string> environment, Dictionary<string, string> variables) =>
        environment.TryGetValue(name, out var outer) ? outer : variables.GetValueOrDefault(name, "");

    private static bool IsName(ReadOnlySpan<char> name)
    {
        foreach (var c in name)
        {
            if (!char.IsAsciiLetterOrDigit(c) && c != '_')
                return false;
        }

        return !char.IsAsciiDigit(name[0]);
    }

    // Null if a quote is not closed, or not the end.
    private static string? ReadValue(ReadOnlySpan<char> text, Func<string, string> lookup)
    {
        if (text.IsEmpty)
            return "";
        if (text[0] == '\'')
        {
            var end = text[1..].IndexOf('\'') + 1;
            return end > 0 && IsRest(text[(end + 1)..]) ? text[1..end].ToString() : null;
        }

        return text[0] == '"' ? ReadQuoted(text[1..], lookup) : Expand(StripComment(text), lookup);
    }

    private static ReadOnlySpan<char> StripComment(ReadOnlySpan<char> text)
    {
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] == '#' && (i == 0 || char.IsWhiteSpace(text[i - 1])))
                return text[..i].TrimEnd();
        }

        return text;
    }

    // What may follow a closing quote: nothing, or white space and a comment.
    private static bool IsRest(ReadOnlySpan<char> text) => text.IsWhiteSpace() || (char.IsWhiteSpace(text[0]) && text.TrimStart()[0] == '#');

    private static string? ReadQuoted(ReadOnlySpan<char> text, Func<string, string> lookup)
    {
        var value = new StringBuilder();
        for (var i = 0; i < text.Length; i++)
        {
            switch (text[i])
            {
                case '"':
                    return IsRest(text[(i + 1)..]) ? value.ToString() : null;
                case '\\' when i + 1 < text.Length && text[i + 1] is 'n' or 't' or '"' or '\\':
                    i++;
                    value.Append(text[i] switch { 'n' => '\n', 't' => '\t', var other => other });
                    break;
                case '$' when TryExpand(text[i..], lookup, out var expanded, out var length):
                    value.Append(expanded);
                    i += length - 1;
                    break;
                default:
                    value.Append(text[i]);
                    break;
            }
        }

        return null;
    }

    private static string Expand(ReadOnlySpan<char> text, Func<string, string> lookup)
    {
        var value = new StringBuilder();
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] == '$' && TryExpand(text[i..], lookup, out var expanded, out var length))
            {
                value.Append(expanded);
                i += length - 1;
            }
            else
            {
                value.Append(text[i]);
            }
        }

        return value.ToString();
    }

    // ${NAME} and ${NAME:-default}.
    private static bool TryExpand(ReadOnlySpan<char> text, Func<string, string> lookup, out string value, out int length)
    {
        value = "";
        length = 0;
        var end = text.IndexOf('}');
        if (!text.StartsWith("${") || end < 0)
            return false;
        var inner = text[2..end];
        var separator = inner.IndexOf(":-");
        var name = separator < 0 ? inner : inner[..separator];
        if (name.IsEmpty || !IsName(name))
            return false;
        value = lookup(name.ToString());
        if (value.Length == 0 && separator >= 0)
            value = inner[(separator + 2)..].ToString();
        length = end + 1;
        return true;
    }
}
