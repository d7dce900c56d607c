using System.Text;
using System.Text.Json;
using System.Text.Unicode;
using Sockudo.Protocol.Json;

namespace Sockudo.Fuzz.Targets;

/// <summary>Our walk through JSON accepts what <see cref="JsonDocument"/> accepts and finds the same in it; white space is taken away and nothing else; any text survives being made a string.</summary>
internal static class JsonTarget
{
    public static void Check(byte[] input)
    {
        // Nothing else comes here: a reader before has checked it.
        if (!Utf8.IsValid(input))
            return;
        CheckString(input);
        using var document = ReferenceJson.ReadObject(input);
        var members = new JsonMembers(input);
        using var expected = document?.RootElement.EnumerateObject().GetEnumerator() ?? default;
        while (members.Read())
        {
            if (document is null)
                continue;
            Finding.Unless(expected.MoveNext(), "more members than there are");
            CompareMember(expected.Current, members);
        }

        Finding.UnlessSame(document is not null, members.IsWellFormed, "well-formed");
        if (document is null)
            return;
        Finding.Unless(!expected.MoveNext(), "fewer members than there are");
        CheckMinified(document.RootElement, input);
    }

    private static void CompareMember(JsonProperty expected, JsonMembers actual)
    {
        ReferenceJson.Compare(expected.Value, actual.Value, "a member");
        if (ReferenceJson.NameOf(expected) is { Length: < 64 } name)
            Finding.Unless(actual.NameIs(Encoding.UTF8.GetBytes(name)), $"a member that has the name {name} and not");
        if (actual.Value.IsArray)
            CompareItems(expected.Value, actual.Value);
    }

    private static void CompareItems(JsonElement expected, JsonValue actual)
    {
        var items = new JsonItems(actual.Raw);
        foreach (var item in expected.EnumerateArray())
        {
            Finding.Unless(items.Read(), "fewer items than there are");
            ReferenceJson.Compare(item, items.Value, "an item");
        }

        Finding.Unless(!items.Read(), "more items than there are");
    }

    private static void CheckMinified(JsonElement value, byte[] input)
    {
        var minified = JsonMinifier.Minify(input);
        using var again = ReferenceJson.ReadObject(minified);
        Finding.Unless(again is not null, "what is left without white space is no JSON");
        Finding.UnlessSame(Flat(value), Flat(again!.RootElement), "without white space");
        Finding.Unless(JsonMinifier.Minify(minified).AsSpan().SequenceEqual(minified), "white space is left");
    }

    // Every token as it stands in the source, none of the white space between.
    private static string Flat(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Object => string.Join(' ', value.EnumerateObject().Select(static member => $"{(ReferenceJson.NameOf(member) is null ? "?" : member.Name)}:{Flat(member.Value)}")),
        JsonValueKind.Array => string.Join(' ', value.EnumerateArray().Select(Flat)),
        _ => value.GetRawText(),
    };

    private static void CheckString(byte[] text)
    {
        var length = JsonText.EscapedLength(text);
        var json = new byte[length + 2];
        json[0] = json[^1] = (byte)'"';
        Finding.UnlessSame(length, JsonText.Escape(text, json.AsSpan(1)), "length of a string");
        using var document = JsonDocument.Parse(json);
        Finding.UnlessSame(Encoding.UTF8.GetString(text), document.RootElement.GetString(), "text in a string");
        Finding.Unless(new JsonValue(JsonTokenType.String, json).TryGetUtf8(out var back) && back.AsSpan().SequenceEqual(text), "text in a string does not come back");
    }
}
