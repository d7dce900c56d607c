using System.Buffers;
using System.Runtime.InteropServices;
using System.Text;
using Sockudo.Load.Engine;

namespace Sockudo.Load.Floor;

/// <summary>The subscribers of one channel, and the frames that they have yet to get.</summary>
internal sealed class FloorChannel(string name)
{
    private readonly byte[] _tail = Encoding.ASCII.GetBytes($"\",\"channel\":\"{name}\"}}");
    private readonly List<FloorConnection> _subscribers = [];
    private readonly List<int> _descriptors = [];
    private readonly ArrayBufferWriter<byte> _output = new(4096);

    public bool HasOutput => _output.WrittenCount > 0;

    private static ReadOnlySpan<byte> Head => "{\"event\":\"load\",\"data\":\""u8;

    public void Add(FloorConnection connection)
    {
        _subscribers.Add(connection);
        _descriptors.Add(connection.Descriptor);
    }

    public void Remove(FloorConnection connection)
    {
        _subscribers.Remove(connection);
        _descriptors.Remove(connection.Descriptor);
    }

    /// <summary>The other one of a pair; null as long as it is alone.</summary>
    public FloorConnection? PeerOf(FloorConnection connection)
    {
        foreach (var other in CollectionsMarshal.AsSpan(_subscribers))
        {
            if (other != connection)
                return other;
        }

        return null;
    }

    /// <summary>Writes a frame with this event.</summary>
    /// <param name="data">The inside of a JSON string.</param>
    public void Write(ReadOnlySpan<byte> data)
    {
        var length = Head.Length + data.Length + _tail.Length;
        _output.Write(length < 126 ? [0x81, (byte)length] : [0x81, 126, (byte)(length >> 8), (byte)length]);
        _output.Write(Head);
        _output.Write(data);
        _output.Write(_tail);
    }

    /// <summary>What is measured: one send to each subscriber.</summary>
    public unsafe void Flush()
    {
        var output = _output.WrittenSpan;
        fixed (byte* data = output)
        {
            foreach (var descriptor in CollectionsMarshal.AsSpan(_descriptors))
            {
                if (Native.Send(descriptor, data, output.Length, Native.DontWait | Native.NoSignal) != output.Length)
                    throw new IOException("a subscriber does not read");
            }
        }

        _output.ResetWrittenCount();
    }
}
