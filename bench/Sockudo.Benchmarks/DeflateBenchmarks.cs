using System.Diagnostics;
using System.Globalization;
using System.IO.Compression;
using System.Text;
using BenchmarkDotNet.Attributes;

namespace Sockudo.Benchmarks;

/// <summary>
/// What permessage-deflate would cost and save: a message compressed by itself, once for all subscribers (no context takeover), and compressed
/// for one connection that remembers what it was sent before (context takeover), which has to be done for each.
/// </summary>
public class DeflateBenchmarks
{
    private const int Contexts = 200;

    private readonly MemoryStream _connection = new();
    private DeflateStream _context = null!;
    private byte[][] _messages = [];
    private int _next;

    [Params(100, 300, 1_000, 10_000)]
    public int Payload { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        var random = new Random(1);
        // More than the 32 KiB that a context remembers, so that none comes again while it is known.
        _messages = [.. Enumerable.Range(0, 1_000_000 / Payload).Select(_ => Encoding.UTF8.GetBytes(Message(random)))];
        _context = new DeflateStream(_connection, CompressionLevel.Fastest, leaveOpen: true);
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"// {_messages.Average(static message => message.Length):F0} bytes become {_messages.Average(Alone):F0} by themselves, {_messages.Average(InContext):F0} in the context of those before"));
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"// a context takes {MemoryOfContext() / 1024:N0} KiB"));
    }

    /// <summary>Once per message.</summary>
    [Benchmark]
    public int Alone() => Alone(Next());

    /// <summary>Once per message and subscriber.</summary>
    [Benchmark]
    public int InContext() => InContext(Next());

    private byte[] Next() => _messages[_next++ % _messages.Length];

    private static int Alone(byte[] message)
    {
        using var compressed = new MemoryStream(message.Length);
        using var deflate = new DeflateStream(compressed, CompressionLevel.Fastest, leaveOpen: true);
        deflate.Write(message);
        deflate.Flush();
        // RFC 7692 section 7.2.1: the four bytes of the flush are not sent.
        return (int)compressed.Length - 4;
    }

    private int InContext(byte[] message)
    {
        _connection.SetLength(0);
        _context.Write(message);
        _context.Flush();
        return (int)_connection.Length - 4;
    }

    private long MemoryOfContext()
    {
        var before = ResidentBytes();
        var contexts = Enumerable.Range(0, Contexts).Select(static _ => new DeflateStream(new MemoryStream(), CompressionLevel.Fastest)).ToList();
        foreach (var context in contexts)
        {
            foreach (var message in _messages.Take(100))
            {
                context.Write(message);
                context.Flush();
                context.BaseStream.SetLength(0);
            }
        }

        var memory = (ResidentBytes() - before) / Contexts;
        contexts.ForEach(static context => context.Dispose());
        return memory;
    }

    private static long ResidentBytes()
    {
        using var process = Process.GetCurrentProcess();
        return process.WorkingSet64;
    }

    // Prices: names repeat, values do not.
    private string Message(Random random)
    {
        var data = new StringBuilder();
        while (data.Length + 100 < Payload || data.Length == 0)
        {
            data.Append(CultureInfo.InvariantCulture, $$"""{\"symbol\":\"{{(char)random.Next('A', 'Z')}}{{random.Next(1000)}}\",\"bid\":{{random.NextDouble():F5}},""");
            data.Append(CultureInfo.InvariantCulture, $$"""\"ask\":{{random.NextDouble():F5}},\"volume\":{{random.Next(100_000)}},\"id\":\"{{new Guid(Bytes(random))}}\"},""");
        }

        data.Length = Math.Min(data.Length, Math.Max(20, Payload - 70));
        return $$"""{"event":"price-changed","data":"[{{data}}]","channel":"private-prices"}""";
    }

    private static byte[] Bytes(Random random)
    {
        var bytes = new byte[16];
        random.NextBytes(bytes);
        return bytes;
    }
}
