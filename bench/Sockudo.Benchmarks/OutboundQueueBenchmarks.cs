using BenchmarkDotNet.Attributes;
using Sockudo.Protocol.WebSockets;
using Sockudo.Server.Connections;

namespace Sockudo.Benchmarks;

/// <summary>Frames into a connection's queue, and out again with one send.</summary>
[MemoryDiagnoser]
public class OutboundQueueBenchmarks
{
    private readonly Frame _frame = Frame.Create(Opcode.Text, new byte[150]);
    private readonly byte[] _scratch = new byte[64 * 1024];
    private OutboundQueue _queue;

    [Params(1, 16)]
    public int Frames { get; set; }

    [Benchmark]
    public int AddPeekConsume()
    {
        for (var i = 0; i < Frames; i++)
            _queue.Add(_frame);
        var bytes = _queue.Peek(_scratch).Length;
        _queue.Consume(bytes);
        return bytes;
    }
}
