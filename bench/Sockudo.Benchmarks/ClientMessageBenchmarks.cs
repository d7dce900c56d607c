using System.Text;
using BenchmarkDotNet.Attributes;
using Sockudo.Protocol.Messages;

namespace Sockudo.Benchmarks;

/// <summary>The JSON text of a client's message.</summary>
[MemoryDiagnoser]
public class ClientMessageBenchmarks
{
    private byte[] _clientEvent = [];

    [Params(16, 125, 1024, 64 * 1024)]
    public int Payload { get; set; }

    [GlobalSetup]
    public void Setup() => _clientEvent =
        Encoding.UTF8.GetBytes($$"""{"event":"client-typing","channel":"private-chat","data":"{{new string('x', Payload)}}"}""");

    [Benchmark]
    public ClientMessageKind ClientEvent() => KindOf(_clientEvent);

    [Benchmark]
    public ClientMessageKind Subscribe() => KindOf("""{"event":"pusher:subscribe","data":{"channel":"my-channel","auth":""}}"""u8);

    [Benchmark]
    public ClientMessageKind Ping() => KindOf("""{"event":"pusher:ping","data":{}}"""u8);

    private static ClientMessageKind KindOf(ReadOnlySpan<byte> text) =>
        ClientMessage.TryParse(text, out var message) ? message.Kind : throw new InvalidOperationException("the message was not read");
}
