using System.Text.Json;

namespace Sockudo.Protocol.Json;

/// <summary>
/// Walks the members of one JSON object without building anything: <c>while (members.Read()) if (members.NameIs("x"u8)) x = members.Value;</c>.
/// Assigning in the loop makes the last of duplicate members win (F-10). After the loop <see cref="IsWellFormed"/> tells
/// whether the whole text was one JSON object; malformed input is a result here, not an exception.
/// </summary>
public ref struct JsonMembers
{
    private readonly ReadOnlySpan<byte> _json;
    private Utf8JsonReader _reader;
    private bool _started;

    /// <summary>Starts before the first member.</summary>
    /// <param name="json">Well-formed UTF-8: one JSON object and nothing else but white space.</param>
    public JsonMembers(ReadOnlySpan<byte> json)
    {
        _json = json;
        _reader = new Utf8JsonReader(json);
    }

    /// <summary>Whether the text was one complete JSON object; meaningful once <see cref="Read"/> has returned false.</summary>
    public bool IsWellFormed { get; private set; }

    /// <summary>The current member's value.</summary>
    public JsonValue Value { get; private set; }

    // The reader cannot be asked for the name any more once it stands on the value.
    private ReadOnlySpan<byte> _name;
    private bool _nameIsEscaped;

    /// <summary>Moves to the next member; false at the end of the object or at the first mistake.</summary>
    public bool Read()
    {
        try
        {
            if (!_started)
            {
                _started = true;
                if (!_reader.Read() || _reader.TokenType != JsonTokenType.StartObject)
                    return false;
            }

            if (!_reader.Read())
                return false;
            if (_reader.TokenType == JsonTokenType.EndObject)
            {
                // The reader throws on anything behind the object but white space.
                IsWellFormed = !_reader.Read();
                return false;
            }

            _name = _reader.ValueSpan;
            _nameIsEscaped = _reader.ValueIsEscaped;
            _reader.Read();
            var type = _reader.TokenType;
            var start = (int)_reader.TokenStartIndex;
            _reader.Skip();
            Value = new JsonValue(type, _json[start..(int)_reader.BytesConsumed]);
            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    /// <summary>Whether the current member has this name; escaped spellings of it count too.</summary>
    public readonly bool NameIs(ReadOnlySpan<byte> name)
    {
        if (!_nameIsEscaped)
            return _name.SequenceEqual(name);
        if (_name.Length > 6 * 64)
            return false;
        Span<byte> decoded = stackalloc byte[6 * 64];
        return JsonText.TryUnescape(_name, decoded, out var written) && decoded[..written].SequenceEqual(name);
    }
}
