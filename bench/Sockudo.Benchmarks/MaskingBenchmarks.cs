using BenchmarkDotNet.Attributes;
using Sockudo.Protocol.WebSockets;

namespace Sockudo.Benchmarks;

/// <summary>The mask of a client's frame.</summary>
[MemoryDiagnoser]
public class MaskingBenchmarks
{
    private byte[] _payload = [];

    [Params(16, 125, 1024, 64 * 1024)]
    public int Payload { get; set; }

    [GlobalSetup]
    public void Setup() => _payload = new byte[Payload];

    [Benchmark]
    public void Unmask() => Masking.Apply(_payload, 0x12345678);
}
