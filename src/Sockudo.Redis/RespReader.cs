using System.Buffers.Text;
using System.Globalization;
using System.Text;

namespace Sockudo.Redis;

/// <summary>
/// Takes whole messages of the protocol RESP3 from the front of what has been received (https://redis.io/docs/latest/develop/reference/protocol-spec).
/// A message that is not complete is not touched.
/// </summary>
internal ref struct RespReader(ReadOnlySpan<byte> data)
{
    // The server's own limit of a string (proto-max-bulk-len).
    private const int MaxLength = 512 * 1024 * 1024;

    // No answer that is asked for has lists in lists in lists that deep.
    private const int MaxDepth = 32;

    private readonly ReadOnlySpan<byte> _data = data;
    private int _position;

    /// <summary>Bytes of the messages taken so far.</summary>
    public int Consumed { get; private set; }

    /// <summary>There is more.</summary>
    public readonly bool HasData => Consumed < _data.Length;

    /// <summary>The next message is one that nobody asked for.</summary>
    public readonly bool IsPush => _data[Consumed] == (byte)'>';

    /// <exception cref="InvalidDataException">This is another protocol.</exception>
    public bool TryReadReply(out RespReply reply)
    {
        _position = Consumed;
        if (!TryRead(out reply))
            return false;
        Consumed = _position;
        return true;
    }

    /// <summary>Anything but strings and numbers is left out of a push, which then is none that we know.</summary>
    /// <exception cref="InvalidDataException">This is another protocol.</exception>
    public bool TryReadPush(out RespPush push)
    {
        push = default;
        _position = Consumed;
        if (!TryReadLength(out var count))
            return false;
        ReadOnlySpan<byte> kind = default, channel = default, payload = default;
        for (var i = 0; i < count; i++)
        {
            if (_position == _data.Length)
                return false;
            if (_data[_position] == (byte)'$')
            {
                if (!TryReadBlob(out var bytes))
                    return false;
                if (i == 0)
                    kind = bytes;
                else if (i == 1)
                    channel = bytes;
                else if (i == 2)
                    payload = bytes;
            }
            else if (!TryRead(out _))
            {
                return false;
            }
        }

        push = new RespPush(kind, channel, payload);
        Consumed = _position;
        return true;
    }

    private static InvalidDataException AnotherProtocol() => new("the answer is not that of a Redis server");

    private bool TryRead(out RespReply reply, int depth = 0)
    {
        reply = default;
        if (_position == _data.Length)
            return false;
        var kind = (char)_data[_position];
        switch (kind)
        {
            case '$' or '=':
                if (!TryReadBlob(out var bytes))
                    return false;
                reply = new RespReply('$', 0, Encoding.UTF8.GetString(bytes), []);
                return true;
            case '!':
                if (!TryReadBlob(out var error))
                    return false;
                reply = new RespReply('-', 0, Encoding.UTF8.GetString(error), []);
                return true;
            case '*' or '~' or '%' or '>':
                return TryReadItems(kind, depth + 1, out reply);
            case '+' or '-' or '_' or '#' or ',' or '(' or ':':
                if (!TryReadLine(out var line))
                    return false;
                var text = Encoding.UTF8.GetString(line[1..]);
                var integer = 0L;
                if (kind == ':' && !long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out integer))
                    throw AnotherProtocol();
                reply = new RespReply(kind, integer, text, []);
                return true;
            default:
                throw AnotherProtocol();
        }
    }

    private bool TryReadItems(char kind, int depth, out RespReply reply)
    {
        reply = default;
        if (depth > MaxDepth)
            throw AnotherProtocol();
        if (!TryReadLength(out var count))
            return false;
        var items = new List<RespReply>();
        for (var i = kind == '%' ? 2 * count : count; i > 0; i--)
        {
            if (!TryRead(out var item, depth))
                return false;
            items.Add(item);
        }

        reply = new RespReply(kind, 0, null, items);
        return true;
    }

    private bool TryReadBlob(out ReadOnlySpan<byte> bytes)
    {
        bytes = default;
        if (!TryReadLength(out var length))
            return false;
        // What is not there is written as a string of length -1, with nothing behind it.
        if (length < 0)
            return true;
        if (_data.Length - _position < length + 2)
            return false;
        bytes = _data.Slice(_position, length);
        _position += length + 2;
        return true;
    }

    private bool TryReadLength(out int length)
    {
        length = 0;
        if (!TryReadLine(out var line))
            return false;
        if (!Utf8Parser.TryParse(line[1..], out length, out var used) || used != line.Length - 1 || length is < -1 or > MaxLength)
            throw AnotherProtocol();
        return true;
    }

    private bool TryReadLine(out ReadOnlySpan<byte> line)
    {
        line = default;
        var rest = _data[_position..];
        var end = rest.IndexOf("\r\n"u8);
        if (end < 0)
            return false;
        line = rest[..end];
        _position += end + 2;
        return true;
    }
}
