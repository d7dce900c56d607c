using Xunit;
using static Sockudo.Specification.Conformance.ConformanceCase;

namespace Sockudo.Specification.Conformance;

/// <summary>Cases 9 and 10: large messages, many fragments, small pieces, many round trips.</summary>
internal static class LimitCases
{
    private const int Kilo = 1024;
    private const int Mega = 1024 * Kilo;

    /// <summary>Number, opcode, length of the message, of its fragments (0 = not fragmented), and of the pieces sent (0 = all at once).</summary>
    public static TheoryData<string, int, int, int, int> All
    {
        get
        {
            var cases = new TheoryData<string, int, int, int, int>();
            foreach (var (opcode, whole, fragmented, chopped) in new[] { (ServerFrame.TextOpcode, "9.1", "9.3", "9.5"), (ServerFrame.BinaryOpcode, "9.2", "9.4", "9.6") })
            {
                Add(whole, [64 * Kilo, 256 * Kilo, Mega, 4 * Mega, 8 * Mega, 16 * Mega], (id, length) => cases.Add(id, opcode, length, 0, 0));
                Add(
                    fragmented,
                    [64, 256, Kilo, 4 * Kilo, 16 * Kilo, 64 * Kilo, 256 * Kilo, Mega, 4 * Mega],
                    (id, fragment) => cases.Add(id, opcode, 4 * Mega, fragment, 0));
                Add(chopped, [64, 128, 256, 512, Kilo, 2 * Kilo], (id, chop) => cases.Add(id, opcode, Mega, 0, chop));
            }

            cases.Add("10.1.1", ServerFrame.TextOpcode, 64 * Kilo, 1300, 0);
            return cases;
        }
    }

    /// <summary>Number, opcode and length of a message that is sent a thousand times, each when the one before has been answered.</summary>
    public static TheoryData<string, int, int> RoundTrips
    {
        get
        {
            var cases = new TheoryData<string, int, int>();
            Add("9.7", [0, 16, 64, 256, Kilo, 4 * Kilo], (id, length) => cases.Add(id, ServerFrame.TextOpcode, length));
            Add("9.8", [0, 16, 64, 256, Kilo, 4 * Kilo], (id, length) => cases.Add(id, ServerFrame.BinaryOpcode, length));
            return cases;
        }
    }

    public static ConformanceCase Create(string id, int opcode, int length, int fragment, int chop)
    {
        var payload = Payload(length);
        byte[][] frames = fragment == 0
            ? [RawWebSocket.Frame((byte)(0x80 | opcode), payload)]
            : [.. payload.Chunk(fragment).Select((part, index) => RawWebSocket.Frame(
                (byte)((index == 0 ? opcode : 0) | ((index + 1) * fragment >= length ? 0x80 : 0)), part))];
        return Clean(id, chop == 0 ? Together(frames) : Chopped(chop, frames), new ServerFrame(opcode, payload));
    }

    /// <summary>Text that is no JSON, with a period that is no power of two.</summary>
    public static byte[] Payload(int length)
    {
        var payload = new byte[length];
        for (var i = 0; i < length; i++)
            payload[i] = (byte)('a' + (i % 23));
        return payload;
    }

    private static void Add(string section, int[] values, Action<string, int> add)
    {
        for (var i = 0; i < values.Length; i++)
            add($"{section}.{i + 1}", values[i]);
    }
}
