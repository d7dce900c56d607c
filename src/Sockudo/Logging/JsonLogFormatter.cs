using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Microsoft.Extensions.Logging;

namespace Sockudo.Logging;

/// <summary>One JSON object per line: timestamp, level, target, message, node, then the record's own fields.</summary>
/// <param name="time">The clock.</param>
/// <param name="node">Name of this node.</param>
/// <param name="hasStackTraces">Whether exceptions carry their stack.</param>
internal sealed class JsonLogFormatter(TimeProvider time, string node, bool hasStackTraces) : LogFormatter
{
    // What every record has; a field of the same name would hide it.
    private static readonly string[] Reserved = ["timestamp", "level", "target", "message", "node", "exception"];

    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public override string Format(
        LogLevel level, string target, string text, IReadOnlyList<KeyValuePair<string, object?>> fields, Exception? exception)
    {
        var buffer = new ArrayBufferWriter<byte>(256);
        using (var writer = new Utf8JsonWriter(buffer, Options))
        {
            writer.WriteStartObject();
            writer.WriteString("timestamp", time.GetUtcNow().UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture));
            writer.WriteString("level", NameOf(level));
            writer.WriteString("target", target);
            writer.WriteString("message", MessageOf(text));
            writer.WriteString("node", node);
            foreach (var (name, value) in Fields(fields))
                WriteField(writer, Reserved.Contains(name) ? "field_" + name : name, value);
            if (exception is not null)
                WriteException(writer, exception);
            writer.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan) + "\n";
    }

    private static void WriteField(Utf8JsonWriter writer, string name, object? value)
    {
        switch (value)
        {
            case null:
                break;
            case bool boolean:
                writer.WriteBoolean(name, boolean);
                break;
            case int number:
                writer.WriteNumber(name, number);
                break;
            case long number:
                writer.WriteNumber(name, number);
                break;
            case double number:
                writer.WriteNumber(name, number);
                break;
            default:
                writer.WriteString(name, Convert.ToString(value, CultureInfo.InvariantCulture));
                break;
        }
    }

    private void WriteException(Utf8JsonWriter writer, Exception exception)
    {
        writer.WriteStartObject("exception");
        writer.WriteString("type", exception.GetType().FullName);
        writer.WriteString("message", exception.Message);
        if (hasStackTraces && exception.StackTrace is { } stack)
            writer.WriteString("stack", stack);
        writer.WriteEndObject();
    }
}
