using System.Text;
using System.Text.Json;

namespace Sockudo.Configuration;

/// <summary>Reads JSON with comments and trailing commas, keeping the line of every value. Duplicate keys are errors.</summary>
internal static class JsonConfigReader
{
    private static readonly JsonReaderOptions Options = new() { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true };

    private static ReadOnlySpan<byte> ByteOrderMark => [0xEF, 0xBB, 0xBF];

    /// <summary>Reads a whole file, which must be an object.</summary>
    /// <exception cref="ConfigurationSyntaxException">It is not JSON, no object, or has a key twice.</exception>
    public static ConfigObject ReadFile(byte[] utf8, string path)
    {
        var text = utf8.AsSpan().StartsWith(ByteOrderMark) ? utf8[ByteOrderMark.Length..] : utf8;
        return Read(new Document(text, path, source: null)) as ConfigObject
            ?? throw new ConfigurationSyntaxException($"{path}:1:1: the file must be a JSON object");
    }

    /// <summary>Reads a value that stands in a variable or option.</summary>
    /// <exception cref="ConfigurationSyntaxException">It is not JSON.</exception>
    public static ConfigNode? ReadText(string text, ValueSource source) => Read(new Document(Encoding.UTF8.GetBytes(text), "JSON", source));

    private static ConfigNode? Read(Document document)
    {
        var reader = new Utf8JsonReader(document.Text, Options);
        try
        {
            reader.Read();
            var node = ReadValue(ref reader, document);
            while (reader.Read())
            {
                // Anything behind the value makes the reader throw.
            }

            return node;
        }
        catch (JsonException exception)
        {
            var line = (int)(exception.LineNumber ?? 0) + 1;
            var reason = Masked.Message(exception.Message.Split(" LineNumber:", 2)[0], Encoding.UTF8.GetString(document.Text));
            throw new ConfigurationSyntaxException($"{document.Name}:{line}:{(exception.BytePositionInLine ?? 0) + 1}: {reason}");
        }
        catch (InvalidOperationException)
        {
            throw new ConfigurationSyntaxException($"{document.PlaceOf(reader.TokenStartIndex)}: the string is not valid Unicode; save the file as UTF-8");
        }
    }

    private static ConfigNode? ReadValue(ref Utf8JsonReader reader, Document document)
    {
        var source = document.SourceOf(reader.TokenStartIndex);
        switch (reader.TokenType)
        {
            case JsonTokenType.StartObject:
                return ReadObject(ref reader, document, source);
            case JsonTokenType.StartArray:
                var items = new List<ConfigNode>();
                while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
                {
                    if (ReadValue(ref reader, document) is { } item)
                        items.Add(item);
                }

                return new ConfigArray(items, source);
            case JsonTokenType.Null:
                return null;
            case JsonTokenType.String:
                return new ConfigScalar(reader.GetString()!, IsString: true, source);
            default:
                return new ConfigScalar(Encoding.UTF8.GetString(reader.ValueSpan), IsString: false, source);
        }
    }

    private static ConfigObject ReadObject(ref Utf8JsonReader reader, Document document, ValueSource source)
    {
        var members = new List<KeyValuePair<string, ConfigNode>>();
        var seen = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
        {
            var key = reader.GetString()!;
            if (!seen.Add(key))
                throw new ConfigurationSyntaxException($"{document.PlaceOf(reader.TokenStartIndex)}: the key \"{key}\" is there twice; remove one");
            reader.Read();
            if (ReadValue(ref reader, document) is { } value)
                members.Add(new(key, value));
        }

        return new ConfigObject(members, source);
    }

    // A text and where its parts stand: every value of a variable stands in that variable.
    private sealed class Document(byte[] text, string name, ValueSource? source)
    {
        private readonly List<int> _lineStarts = [0, .. Enumerable.Range(1, text.Length).Where(i => text[i - 1] == '\n')];

        public byte[] Text => text;

        public string Name => name;

        public ValueSource SourceOf(long offset) => source ?? ValueSource.File(name, LineOf(offset));

        public string PlaceOf(long offset) => $"{name}:{LineOf(offset)}:{offset - _lineStarts[LineOf(offset) - 1] + 1}";

        private int LineOf(long offset)
        {
            var index = _lineStarts.BinarySearch((int)offset);
            return index < 0 ? ~index : index + 1;
        }
    }
}
