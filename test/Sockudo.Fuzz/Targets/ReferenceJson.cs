using System.Text.Json;
using Sockudo.Protocol.Json;

namespace Sockudo.Fuzz.Targets;

/// <summary>JSON as <see cref="JsonDocument"/> reads it.</summary>
internal static class ReferenceJson
{
    /// <summary>The text as one object; null if it is none.</summary>
    public static JsonDocument? ReadObject(ReadOnlySpan<byte> utf8)
    {
        try
        {
            var document = JsonDocument.Parse(utf8.ToArray());
            if (document.RootElement.ValueKind == JsonValueKind.Object)
                return document;
            document.Dispose();
            return null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>The last member of a name; undefined if there is none.</summary>
    public static JsonElement Last(JsonElement element, string name)
    {
        JsonElement last = default;
        foreach (var member in element.EnumerateObject())
        {
            if (NameOf(member) == name)
                last = member.Value;
        }

        return last;
    }

    /// <summary>Null if it has half a surrogate pair, which is no text.</summary>
    public static string? NameOf(JsonProperty member) => Try(() => member.Name);

    /// <summary>Null if it is no string, or one that is no text.</summary>
    public static string? Text(JsonElement element) => element.ValueKind == JsonValueKind.String ? Try(element.GetString) : null;

    /// <summary>Absent, as the protocol has it.</summary>
    public static bool IsAbsent(JsonElement element) => element.ValueKind is JsonValueKind.Undefined or JsonValueKind.Null;

    /// <summary>Throws unless both are the same value.</summary>
    public static void Compare(JsonElement expected, JsonValue actual, string what)
    {
        Finding.UnlessSame(expected.ValueKind == JsonValueKind.Undefined ? "" : expected.GetRawText(), System.Text.Encoding.UTF8.GetString(actual.Raw), what);
        actual.TryGetString(out var text);
        Finding.UnlessSame(Text(expected), text, $"text of {what}");
        Finding.UnlessSame(IsAbsent(expected), actual.IsAbsent, $"absence of {what}");
        Finding.UnlessSame(text is not null, actual.TryGetUtf8(out var utf8), $"UTF-8 of {what}");
        if (utf8 is not null)
            Finding.UnlessSame(text, System.Text.Encoding.UTF8.GetString(utf8), $"UTF-8 of {what}");
    }

    private static string? Try(Func<string?> read)
    {
        try
        {
            return read();
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }
}
