using System.Globalization;
using System.Text;

namespace Sockudo.Protocol.Json;

/// <summary>
/// Appends JSON text to a buffer that is kept per thread. For the small messages that the server itself makes; events,
/// which are copied from what a publisher sent, have a path of their own. Not for use across an await.
/// </summary>
internal sealed class JsonBuilder
{
    // One text nested in the other ("data" is a string that holds JSON): never more than two are in use at once.
    [ThreadStatic]
    private static JsonBuilder? s_outer;

    [ThreadStatic]
    private static JsonBuilder? s_inner;

    private const int KeptCapacity = 64 * 1024;

    private byte[] _buffer = new byte[512];
    private int _length;

    public ReadOnlySpan<byte> Written => _buffer.AsSpan(0, _length);

    /// <summary>An empty builder for a message.</summary>
    public static JsonBuilder Message() => (s_outer ??= new JsonBuilder()).Clear();

    /// <summary>An empty builder for JSON text that becomes the string <c>data</c> of a message.</summary>
    public static JsonBuilder Data() => (s_inner ??= new JsonBuilder()).Clear();

    /// <summary>Text that is JSON already.</summary>
    public JsonBuilder Raw(ReadOnlySpan<byte> json)
    {
        json.CopyTo(Reserve(json.Length));
        _length += json.Length;
        return this;
    }

    /// <summary>A string with its quotes.</summary>
    public JsonBuilder String(ReadOnlySpan<char> text)
    {
        var maxBytes = Encoding.UTF8.GetMaxByteCount(text.Length);
        if (maxBytes <= 512)
        {
            Span<byte> utf8 = stackalloc byte[maxBytes];
            return String(utf8[..Encoding.UTF8.GetBytes(text, utf8)]);
        }

        var bytes = new byte[Encoding.UTF8.GetByteCount(text)];
        Encoding.UTF8.GetBytes(text, bytes);
        return String(bytes);
    }

    /// <summary>A string with its quotes, from UTF-8.</summary>
    public JsonBuilder String(ReadOnlySpan<byte> utf8)
    {
        var content = JsonText.EscapedLength(utf8);
        var destination = Reserve(content + 2);
        destination[0] = (byte)'"';
        JsonText.Escape(utf8, destination[1..]);
        destination[content + 1] = (byte)'"';
        _length += content + 2;
        return this;
    }

    public JsonBuilder Number(long value)
    {
        value.TryFormat(Reserve(20), out var written, default, CultureInfo.InvariantCulture);
        _length += written;
        return this;
    }

    private JsonBuilder Clear()
    {
        if (_buffer.Length > KeptCapacity)
            _buffer = new byte[512];
        _length = 0;
        return this;
    }

    private Span<byte> Reserve(int count)
    {
        if (_buffer.Length - _length < count)
            Array.Resize(ref _buffer, Math.Max(_buffer.Length * 2, _length + count));
        return _buffer.AsSpan(_length);
    }
}
