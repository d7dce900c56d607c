using System.Buffers.Binary;
using System.Text;

namespace Sockudo.Server.Cluster;

/// <summary>
/// Reads what a <see cref="WireWriter"/> wrote. What does not fit is no exception: it reads as nothing, and <see cref="IsDamaged"/> is
/// true from then on. Lengths are checked against what is there before anything is allocated.
/// </summary>
internal ref struct WireReader(ReadOnlySpan<byte> message)
{
    private ReadOnlySpan<byte> _rest = message[MessageHeader.Length..];

    /// <summary>Something was cut short or is no value of its kind.</summary>
    public bool IsDamaged { get; private set; }

    /// <summary>Nothing is left, or nothing that can be read.</summary>
    public readonly bool IsAtEnd => _rest.IsEmpty || IsDamaged;

    public byte Byte()
    {
        if (_rest.IsEmpty)
            return Damaged();
        var value = _rest[0];
        _rest = _rest[1..];
        return value;
    }

    public ulong Number()
    {
        var value = 0UL;
        for (var shift = 0; shift < 64 && !_rest.IsEmpty; shift += 7)
        {
            var next = Byte();
            value |= (ulong)(next & 0x7F) << shift;
            if (next < 0x80)
                return value;
        }

        return Damaged();
    }

    /// <summary>A number that must be an <see cref="int"/>.</summary>
    public int Count() => Number() is var value and <= int.MaxValue ? (int)value : Damaged();

    public ulong Fixed()
    {
        if (_rest.Length < 8)
            return Damaged();
        var value = BinaryPrimitives.ReadUInt64LittleEndian(_rest);
        _rest = _rest[8..];
        return value;
    }

    public string Text() => Encoding.UTF8.GetString(Bytes());

    public ReadOnlySpan<byte> Bytes()
    {
        var length = Number();
        if (IsDamaged || length > (ulong)_rest.Length)
        {
            Damaged();
            return default;
        }

        var value = _rest[..(int)length];
        _rest = _rest[(int)length..];
        return value;
    }

    /// <summary>Everything up to the end.</summary>
    public ReadOnlySpan<byte> Rest()
    {
        var value = _rest;
        _rest = default;
        return value;
    }

    private byte Damaged()
    {
        IsDamaged = true;
        _rest = default;
        return 0;
    }
}
