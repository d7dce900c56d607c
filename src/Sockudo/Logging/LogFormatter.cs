using Microsoft.Extensions.Logging;

namespace Sockudo.Logging;

/// <summary>Makes a line of a log record.</summary>
internal abstract class LogFormatter
{
    private const string OriginalFormat = "{OriginalFormat}";

    /// <summary>The line, with its line break.</summary>
    /// <param name="level">Level of the record.</param>
    /// <param name="target">Its target.</param>
    /// <param name="text">Message and fields: <c>message  field=value field=value</c>, two spaces between them.</param>
    /// <param name="fields">The fields by the names of the template.</param>
    /// <param name="exception">What was thrown; null for nothing.</param>
    public abstract string Format(
        LogLevel level, string target, string text, IReadOnlyList<KeyValuePair<string, object?>> fields, Exception? exception);

    protected static string NameOf(LogLevel level) => level switch
    {
        LogLevel.Trace => "TRACE",
        LogLevel.Debug => "DEBUG",
        LogLevel.Information => "INFO",
        LogLevel.Warning => "WARN",
        _ => "ERROR",
    };

    /// <summary>The message alone, without the fields that follow it.</summary>
    public static string MessageOf(string text) => text.IndexOf("  ", StringComparison.Ordinal) is var end and >= 0 ? text[..end] : text;

    /// <summary>The fields under their names in the log: snake case.</summary>
    protected static IEnumerable<KeyValuePair<string, object?>> Fields(IReadOnlyList<KeyValuePair<string, object?>> fields) =>
        from field in fields
        where field.Key != OriginalFormat
        select new KeyValuePair<string, object?>(SnakeCase(field.Key), field.Value);

    private static string SnakeCase(string name) =>
        string.Concat(name.Select(static (c, index) => char.IsAsciiLetterUpper(c) ? (index > 0 ? "_" : "") + char.ToLowerInvariant(c) : c.ToString()));
}
