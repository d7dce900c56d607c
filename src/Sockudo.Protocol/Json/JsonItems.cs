using System.Text.Json;

namespace Sockudo.Protocol.Json;

/// <summary>Walks the items of one JSON array, as <see cref="JsonMembers"/> does the members of an object.</summary>
public ref struct JsonItems
{
    private readonly ReadOnlySpan<byte> _json;
    private Utf8JsonReader _reader;
    private bool _started;

    /// <summary>Starts before the first item.</summary>
    /// <param name="json">The raw text of an array value.</param>
    public JsonItems(ReadOnlySpan<byte> json)
    {
        _json = json;
        _reader = new Utf8JsonReader(json);
    }

    /// <summary>The current item.</summary>
    public JsonValue Value { get; private set; }

    /// <summary>Moves to the next item; false at the end of the array or at the first mistake.</summary>
    public bool Read()
    {
        try
        {
            if (!_started)
            {
                _started = true;
                if (!_reader.Read() || _reader.TokenType != JsonTokenType.StartArray)
                    return false;
            }

            if (!_reader.Read() || _reader.TokenType == JsonTokenType.EndArray)
                return false;
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
}
