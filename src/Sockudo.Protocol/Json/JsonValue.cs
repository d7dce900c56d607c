using System.Buffers;
using System.Text;
using System.Text.Json;

namespace Sockudo.Protocol.Json;

/// <summary>One value of a JSON text as it stands in the source: its kind and its raw bytes. Valid as long as the source is.</summary>
/// <param name="type">Token type of the value's first token; <see cref="JsonTokenType.None"/> = absent.</param>
/// <param name="raw">The value's text, quotes or brackets included, without surrounding white space.</param>
public readonly ref struct JsonValue(JsonTokenType type, ReadOnlySpan<byte> raw)
{
    /// <summary>The value's text in the source, quotes or brackets included.</summary>
    public ReadOnlySpan<byte> Raw { get; } = raw;

    /// <summary>Kind of the value; <see cref="JsonTokenType.None"/> when absent.</summary>
    public JsonTokenType Type { get; } = type;

    /// <summary>F-6: a <c>null</c> member counts as absent.</summary>
    public bool IsAbsent => Type is JsonTokenType.None or JsonTokenType.Null;

    /// <summary>The value is a JSON string.</summary>
    public bool IsString => Type == JsonTokenType.String;

    /// <summary>The value is a JSON object.</summary>
    public bool IsObject => Type == JsonTokenType.StartObject;

    /// <summary>The value is a JSON array.</summary>
    public bool IsArray => Type == JsonTokenType.StartArray;

    /// <summary>The value is a JSON number.</summary>
    public bool IsNumber => Type == JsonTokenType.Number;

    /// <summary>The bytes between the quotes of a string, still escaped.</summary>
    public ReadOnlySpan<byte> Content => Raw[1..^1];

    /// <summary>
    /// Decodes a string value. False if this is no string or cannot be text (a lone surrogate escape, F-10).
    /// </summary>
    public bool TryGetString([System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out string? text)
    {
        text = null;
        if (!IsString)
            return false;
        var content = Content;
        if (!content.Contains((byte)'\\'))
        {
            text = Encoding.UTF8.GetString(content);
            return true;
        }

        var buffer = ArrayPool<byte>.Shared.Rent(content.Length);
        try
        {
            if (!JsonText.TryUnescape(content, buffer, out var written))
                return false;
            text = Encoding.UTF8.GetString(buffer.AsSpan(0, written));
            return true;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>Decodes a string value to UTF-8 bytes of its own. False as in <see cref="TryGetString"/>.</summary>
    public bool TryGetUtf8([System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out byte[]? utf8)
    {
        utf8 = null;
        if (!IsString || !JsonText.TryGetUnescapedLength(Content, out var length))
            return false;
        utf8 = new byte[Math.Max(length, Content.Length)];
        if (!JsonText.TryUnescape(Content, utf8, out var written))
            return false;
        if (written != utf8.Length)
            Array.Resize(ref utf8, written);
        return true;
    }

    /// <summary>
    /// Bytes of UTF-8 that this value has as event data: the decoded string, or the raw text of any other value (CE-9, T-3).
    /// False if it is a string that cannot be text.
    /// </summary>
    public bool TryGetDataLength(out int length)
    {
        if (IsString)
            return JsonText.TryGetUnescapedLength(Content, out length);
        length = Raw.Length;
        return true;
    }
}
