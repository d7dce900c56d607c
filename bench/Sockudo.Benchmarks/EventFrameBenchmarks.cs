using System.Text;
using System.Text.Json;
using BenchmarkDotNet.Attributes;
using Sockudo.Protocol.Json;
using Sockudo.Protocol.Messages;
using Sockudo.Protocol.WebSockets;

namespace Sockudo.Benchmarks;

/// <summary>The frame of an event from what its publisher sent.</summary>
[MemoryDiagnoser]
public class EventFrameBenchmarks
{
    private byte[] _string = [];
    private byte[] _object = [];

    [Params(16, 125, 1024, 64 * 1024)]
    public int Payload { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        _string = Encoding.UTF8.GetBytes($"\"{new string('x', Payload - 2)}\"");
        _object = Encoding.UTF8.GetBytes($$"""{"a":"{{new string('x', Payload - 8)}}"}""");
    }

    /// <summary>What every official library sends: copied.</summary>
    [Benchmark]
    public Frame StringData() => EventFrame.Create("\"my-event\""u8, new JsonValue(JsonTokenType.String, _string), "my-channel");

    /// <summary>Becomes a string: escaped.</summary>
    [Benchmark]
    public Frame ObjectData() => EventFrame.Create("\"my-event\""u8, new JsonValue(JsonTokenType.StartObject, _object), "my-channel");
}
