using System.Buffers;
using System.Buffers.Binary;
using BenchmarkDotNet.Attributes;
using Sockudo.Protocol.WebSockets;

namespace Sockudo.Benchmarks;

/// <summary>A whole text message out of the bytes of a client: header, mask, limits, UTF-8.</summary>
[MemoryDiagnoser]
public class MessageReaderBenchmarks
{
    private readonly MessageReader _reader = new(1024 * 1024);
    private ReadOnlySequence<byte> _frame;

    [Params(16, 125, 1024, 64 * 1024)]
    public int Payload { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        // Payloads are unmasked where they lie. A mask of zeros leaves them as they are, so that the same bytes can be read again.
        byte[] header = Payload switch
        {
            < 126 => [0x81, (byte)(0x80 | Payload), 0, 0, 0, 0],
            <= ushort.MaxValue => [0x81, 0x80 | 126, 0, 0, 0, 0, 0, 0],
            _ => [0x81, 0x80 | 127, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0],
        };
        if (Payload > ushort.MaxValue)
            BinaryPrimitives.WriteInt64BigEndian(header.AsSpan(2), Payload);
        else if (Payload >= 126)
            BinaryPrimitives.WriteUInt16BigEndian(header.AsSpan(2), (ushort)Payload);
        _frame = new ReadOnlySequence<byte>([.. header, .. Enumerable.Repeat((byte)'x', Payload)]);
    }

    [Benchmark]
    public int Read()
    {
        var buffer = _frame;
        return _reader.Read(ref buffer, out var message) == MessageReaderResult.Message
            ? message.Payload.Length
            : throw new InvalidOperationException("the frame was not read");
    }
}
