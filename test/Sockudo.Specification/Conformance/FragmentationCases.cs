using static Sockudo.Specification.Conformance.ConformanceCase;

namespace Sockudo.Specification.Conformance;

/// <summary>Case 5: messages in fragments, and control frames in between.</summary>
internal static class FragmentationCases
{
    private const string Hello = "Hello, world!";

    private static readonly byte[][] InTwo = [Frame(0x01, "one, "), Frame(0x80, "two")];
    private static readonly byte[][] InTwoWithPing = [InTwo[0], Frame(0x89, "between"), InTwo[1]];
    private static readonly byte[][] LastOfNothing = [Frame(0x80, "the end of what?"), Frame(0x81, Hello)];
    private static readonly byte[][] MiddleOfNothing = [Frame(0x00, "the middle of what?"), Frame(0x81, Hello)];

    public static IEnumerable<ConformanceCase> All =>
    [
        Failing("5.1", 1002, [Frame(0x09, "one"), Frame(0x80, "two")]),
        Failing("5.2", 1002, [Frame(0x0A, "one"), Frame(0x80, "two")]),
        Clean("5.3", Together(InTwo), Text("one, two")),
        Clean("5.4", InTwo, Text("one, two")),
        Clean("5.5", ByteByByte(InTwo), Text("one, two")),
        Clean("5.6", Together(InTwoWithPing), Pong("between"), Text("one, two")),
        Clean("5.7", InTwoWithPing, Pong("between"), Text("one, two")),
        Clean("5.8", ByteByByte(InTwoWithPing), Pong("between"), Text("one, two")),
        Failing("5.9", 1002, Together(LastOfNothing)),
        Failing("5.10", 1002, LastOfNothing),
        Failing("5.11", 1002, ByteByByte(LastOfNothing)),
        Failing("5.12", 1002, Together(MiddleOfNothing)),
        Failing("5.13", 1002, MiddleOfNothing),
        Failing("5.14", 1002, ByteByByte(MiddleOfNothing)),
        Failing("5.15", 1002, Together([.. InTwo, .. MiddleOfNothing]), Text("one, two")),
        Failing("5.16", 1002, [MiddleOfNothing[0], .. InTwo, MiddleOfNothing[0], .. InTwo]),
        Failing("5.17", 1002, [LastOfNothing[0], .. InTwo, LastOfNothing[0], .. InTwo]),
        Failing("5.18", 1002, [Frame(0x01, "one"), Frame(0x81, "two")]),
        InFive("5.19", Together),
        InFive("5.20", static frames => frames),
    ];

    // The first pong must come before the message is complete.
    private static ConformanceCase InFive(string id, Func<byte[][], IEnumerable<byte[]>> send) => Clean(
        id,
        [
            .. send([Frame(0x01, "1"), Frame(0x00, "2"), Frame(0x89, "first")]),
            null,
            .. send([Frame(0x00, "3"), Frame(0x00, "4"), Frame(0x89, "second"), Frame(0x80, "5")]),
        ],
        Pong("first"),
        Pong("second"),
        Text("12345"));
}
