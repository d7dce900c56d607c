using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace Sockudo.Server.Cluster;

/// <summary>Writes one message between nodes: numbers in seven bits per byte, text and bytes with their length in front.</summary>
internal readonly struct WireWriter
{
    private readonly ArrayBufferWriter<byte> _buffer;

    public WireWriter(MessageKind kind, NodeId sender, int capacity = 256)
    {
        _buffer = new ArrayBufferWriter<byte>(MessageHeader.Length + capacity);
        MessageHeader.Write(_buffer.GetSpan(MessageHeader.Length), kind, sender.Epoch);
        _buffer.Advance(MessageHeader.Length);
    }

    /// <summary>Bytes so far.</summary>
    public int Length => _buffer.WrittenCount;

    /// <summary>The message so far, header included.</summary>
    public byte[] ToArray() => _buffer.WrittenSpan.ToArray();

    public void Byte(byte value)
    {
        _buffer.GetSpan(1)[0] = value;
        _buffer.Advance(1);
    }

    public void Number(ulong value)
    {
        var span = _buffer.GetSpan(10);
        var length = 0;
        for (; value >= 0x80; value >>= 7)
            span[length++] = (byte)(value | 0x80);
        span[length++] = (byte)value;
        _buffer.Advance(length);
    }

    /// <summary>Eight bytes, for numbers that are random.</summary>
    public void Fixed(ulong value)
    {
        BinaryPrimitives.WriteUInt64LittleEndian(_buffer.GetSpan(8), value);
        _buffer.Advance(8);
    }

    public void Text(string value)
    {
        Number((ulong)Encoding.UTF8.GetByteCount(value));
        Encoding.UTF8.GetBytes(value, _buffer);
    }

    public void Bytes(ReadOnlySpan<byte> value)
    {
        Number((ulong)value.Length);
        Rest(value);
    }

    /// <summary>Bytes up to the end of the message.</summary>
    public void Rest(ReadOnlySpan<byte> value) => _buffer.Write(value);
}
