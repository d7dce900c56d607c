using static Sockudo.Specification.Conformance.ConformanceCase;

namespace Sockudo.Specification.Conformance;

/// <summary>Cases 1 to 4: frames, pings and pongs, reserved bits, reserved opcodes.</summary>
internal static class FramingCases
{
    private const string Hello = "Hello, world!";

    private static readonly byte[] Bytes = [0x00, 0xFF, 0xFE, 0xFD, 0xFC, 0xFB, 0x00, 0xFF];

    // Lengths around every change of the encoding; the last one is the one before it in pieces of 997 bytes.
    private static readonly int[] Lengths = [0, 125, 126, 127, 128, 65535, 65536, 65536];

    /// <summary>Messages in one frame.</summary>
    public static IEnumerable<ConformanceCase> Framing =>
    [
        .. Lengths.Select(static (length, index) => Message($"1.1.{index + 1}", ServerFrame.TextOpcode, (byte)'*', length, isChopped: index == 7)),
        .. Lengths.Select(static (length, index) => Message($"1.2.{index + 1}", ServerFrame.BinaryOpcode, 0xFE, length, isChopped: index == 7)),
    ];

    /// <summary>Pings are answered with their payload, pongs are not answered.</summary>
    public static IEnumerable<ConformanceCase> Pings =>
    [
        Ping("2.1"),
        Ping("2.2", [.. Hello.Select(static letter => (byte)letter)]),
        Ping("2.3", Bytes),
        Ping("2.4", Enumerable.Repeat((byte)0xFE, 125).ToArray()),
        Failing("2.5", 1002, [RawWebSocket.Frame(0x89, Enumerable.Repeat((byte)0xFE, 126).ToArray())]),
        Clean("2.6", ByteByByte(RawWebSocket.Frame(0x89, Enumerable.Repeat((byte)0xFE, 125).ToArray())), Pong(Enumerable.Repeat((byte)0xFE, 125).ToArray())),
        Clean("2.7", [Frame(0x8A)]),
        Clean("2.8", [Frame(0x8A, "not asked for")]),
        Clean("2.9", [Frame(0x8A, "not asked for"), Frame(0x89, "asked")], Pong("asked")),
        Clean("2.10", TenPings, TenPongs),
        Clean("2.11", ByteByByte([.. TenPings]), TenPongs),
    ];

    /// <summary>No extension is ever negotiated, so every reserved bit is a breach.</summary>
    public static IEnumerable<ConformanceCase> ReservedBits =>
    [
        Failing("3.1", 1002, [Frame(Reserved(0x81, 1), Hello)]),
        Failing("3.2", 1002, Together(Frame(0x81, Hello), Frame(Reserved(0x81, 2), Hello), Frame(0x89)), Text(Hello)),
        Failing("3.3", 1002, [Frame(0x81, Hello), Frame(Reserved(0x81, 3), Hello), Frame(0x89)], Text(Hello)),
        Failing("3.4", 1002, ByteByByte(Frame(0x81, Hello), Frame(Reserved(0x81, 4), Hello), Frame(0x89)), Text(Hello)),
        Failing("3.5", 1002, [RawWebSocket.Frame(Reserved(0x82, 5), Bytes)]),
        Failing("3.6", 1002, [Frame(Reserved(0x89, 6), Hello)]),
        Failing("3.7", 1002, [Frame(Reserved(0x88, 7))]),
    ];

    /// <summary>Opcodes without a meaning.</summary>
    public static IEnumerable<ConformanceCase> Opcodes => [.. ReservedOpcodes("4.1", 0x83), .. ReservedOpcodes("4.2", 0x8B)];

    private static byte[][] TenPings => [.. Enumerable.Range(0, 10).Select(static number => Frame(0x89, $"payload-{number}"))];

    private static ServerFrame[] TenPongs => [.. Enumerable.Range(0, 10).Select(static number => Pong($"payload-{number}"))];

    private static ConformanceCase Message(string id, int opcode, byte content, int length, bool isChopped)
    {
        var payload = Enumerable.Repeat(content, length).ToArray();
        var frame = RawWebSocket.Frame((byte)(0x80 | opcode), payload);
        return Clean(id, isChopped ? Chopped(997, frame) : [frame], new ServerFrame(opcode, payload));
    }

    private static ConformanceCase Ping(string id, params byte[] payload) => Clean(id, [RawWebSocket.Frame(0x89, payload)], Pong(payload));

    private static byte Reserved(byte firstByte, int bits) => (byte)(firstByte | (bits << 4));

    private static IEnumerable<ConformanceCase> ReservedOpcodes(string section, byte first) =>
    [
        Failing($"{section}.1", 1002, [Frame(first)]),
        Failing($"{section}.2", 1002, [Frame((byte)(first + 1), "what is this?")]),
        Failing($"{section}.3", 1002, Together(Frame(0x81, Hello), Frame((byte)(first + 2)), Frame(0x89)), Text(Hello)),
        Failing($"{section}.4", 1002, [Frame(0x81, Hello), Frame((byte)(first + 3), "what is this?"), Frame(0x89)], Text(Hello)),
        Failing($"{section}.5", 1002, ByteByByte(Frame(0x81, Hello), Frame((byte)(first + 4), "what is this?"), Frame(0x89)), Text(Hello)),
    ];
}
