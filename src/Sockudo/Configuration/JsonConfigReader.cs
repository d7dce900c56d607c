using System.Text.Json;

namespace Sockudo.Configuration;

/// <summary>Reads JSON with comments and trailing commas, keeping the line of every value. Duplicate keys are errors.</summary>
internal static class JsonConfigReader
{
    private static readonly JsonReaderOptions Options = new() { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true };

    private static ReadOnlySpan<byte> ByteOrderMark => [0xEF, 0xBB, 0xBF];

    /// <summary>Reads a whole file, which must be an object.</summary>
    /// <exception cref="ConfigurationSyntaxException">It is not JSON, no object, or has a key twice.</exception>
    public static ConfigObject ReadFile(ReadOnlySpan<byte> utf8, string path)
    {
        var text = utf8.StartsWith(ByteOrderMark) ? utf8[3..] : utf8;
        var lines = new LineIndex(text);
        return Read(text, path, offset => ValueSource.File(path, lines.LineOf(offset))) as ConfigObject
            ?? throw new ConfigurationSyntaxException($"{path}:1:1: the file must be a JSON object");
    }

    /// <summary>Reads a value that stands in a variable or option.</summary>
    /// <exception cref="ConfigurationSyntaxException">It is not JSON.</exception>
    public static ConfigNode? ReadText(string text, ValueSource source) =>
        Read(System.Text.Encoding.UTF8.GetBytes(text), source.Text, _ => source);

    private static ConfigNode? Read(ReadOnlySpan<byte> utf8, string name, Func<long, ValueSource> sourceAt)
    {
        var reader = new Utf8JsonReader(utf8, Options);
        try
        {
            reader.Read();
            var node = ReadValue(ref reader, name, sourceAt);
            while (reader.Read())
            {
                // Anything behind the value makes the reader throw.
            }

            return node;
        }
        catch (JsonException exception)
        {
            var line = (exception.LineNumber ?? 0) + 1;
            var column = (exception.BytePositionInLine ?? 0) + 1;
            var reason = exception.Message.Split(" LineNumber:", 2)[0];
            throw new ConfigurationSyntaxException($"{name}:{line}:{column}: {reason}");
        }
    }

    private static ConfigNode? ReadValue(ref Utf8JsonReader reader, string name, Func<long, ValueSource> sourceAt)
    {
        var source = sourceAt(reader.TokenStartIndex);
        switch (reader.TokenType)
        {
            case JsonTokenType.StartObject:
                return ReadObject(ref reader, name, sourceAt, source);
            case JsonTokenType.StartArray:
                var items = new List<ConfigNode>();
                while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
                {
                    if (ReadValue(ref reader, name, sourceAt) is { } item)
                        items.Add(item);
                }

                return new ConfigArray(items, source);
            case JsonTokenType.Null:
                return null;
            case JsonTokenType.String:
                return new ConfigScalar(reader.GetString()!, IsString: true, source);
            default:
                return new ConfigScalar(System.Text.Encoding.UTF8.GetString(reader.ValueSpan), IsString: false, source);
        }
    }

    private static ConfigObject ReadObject(ref Utf8JsonReader reader, string name, Func<long, ValueSource> sourceAt, ValueSource source)
    {
        var members = new List<KeyValuePair<string, ConfigNode>>();
        var seen = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
        {
            var key = reader.GetString()!;
            if (!seen.Add(key))
                throw new ConfigurationSyntaxException($"{sourceAt(reader.TokenStartIndex)}: the key \"{key}\" is there twice; remove one");
            reader.Read();
            if (ReadValue(ref reader, name, sourceAt) is { } value)
                members.Add(new(key, value));
        }

        return new ConfigObject(members, source);
    }

    private sealed class LineIndex
    {
        private readonly List<int> _ends = [];

        public LineIndex(ReadOnlySpan<byte> text)
        {
            for (var i = 0; i < text.Length; i++)
            {
                if (text[i] == '\n')
                    _ends.Add(i);
            }
        }

        public int LineOf(long offset)
        {
            var index = _ends.BinarySearch((int)offset);
            return (index < 0 ? ~index : index) + 1;
        }
    }
}
