using BenchmarkDotNet.Attributes;
using Sockudo.Protocol.WebSockets;

namespace Sockudo.Benchmarks;

/// <summary>A frame of the server around a payload that exists already.</summary>
[MemoryDiagnoser]
public class FrameBenchmarks
{
    private byte[] _payload = [];

    [Params(16, 125, 1024, 64 * 1024)]
    public int Payload { get; set; }

    [GlobalSetup]
    public void Setup() => _payload = new byte[Payload];

    [Benchmark]
    public Frame Create() => Frame.Create(Opcode.Text, _payload);
}
