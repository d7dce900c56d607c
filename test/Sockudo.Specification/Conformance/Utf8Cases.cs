using System.Text;
using Xunit;
using static Sockudo.Specification.Conformance.ConformanceCase;

namespace Sockudo.Specification.Conformance;

/// <summary>
/// Case 6: text that is UTF-8, and text that is not. RFC 6455 section 8.1 says that the connection fails, not when; the suite calls it strict if it fails with the byte
/// that breaks the text, before the message is complete, and that is what this server does (6.4).
/// </summary>
internal static class Utf8Cases
{
    // Its second letter has three bytes.
    private const string Word = "\u03BA\u1F79\u03C3\u03BC\u03B5";

    /// <summary>A word, a surrogate, and ASCII.</summary>
    public static readonly byte[] BrokenBySurrogate = [.. Cosmos, 0xED, 0xA0, 0x80, .. "edited"u8];

    /// <summary>
    /// The classes of sequences from 6.5 on: number, whether all of its sequences are UTF-8, and the sequences in hexadecimal digits, case by case.
    /// </summary>
    public static readonly (string Section, bool IsValid, string[] Sequences)[] Classes =
    [
        // Characters of one to four bytes.
        ("6.5", true, ["68656C6C6F24776F726C64", "68656C6C6FC2A2776F726C64", "68656C6C6FE282AC776F726C64", "68656C6C6FF0A4ADA2776F726C64", "CEBAE1BDB9CF83CEBCCEB5"]),
        // First and last of each length.
        ("6.7", true, ["00", "C280", "E0A080", "F0908080"]),
        ("6.8", false, ["F888808080", "FC8480808080"]),
        ("6.9", true, ["7F", "DFBF", "EFBFBF", "F48FBFBF"]),
        ("6.10", false, ["F7BFBFBF", "FBBFBFBFBF", "FDBFBFBFBFBF"]),
        // Beside the surrogates, and the last character; 6.11.5 is behind it.
        ("6.11", true, ["ED9FBF", "EE8080", "EFBFBD", "F48FBFBF"]),
        // Continuation bytes that continue nothing.
        ("6.12", false, ["80", "BF", "80BF", "80BF80", "80BF80BF", "80BF80BF80", "80BF80BF80BF", Range(0x80, 0xBE, "")]),
        // Lead bytes without a continuation.
        ("6.13", false, [Range(0xC0, 0xDE, "20"), Range(0xE0, 0xEE, "20"), Range(0xF0, 0xF6, "20"), Range(0xF8, 0xFA, "20"), Range(0xFC, 0xFC, "20")]),
        ("6.14", false, Truncated),
        ("6.15", false, [string.Concat(Truncated)]),
        // Bytes that never occur.
        ("6.16", false, ["FE", "FF", "FEFEFFFF"]),
        // Longer than necessary: a slash, the last of each length, NUL.
        ("6.17", false, ["C0AF", "E080AF", "F08080AF", "F8808080AF", "FC80808080AF"]),
        ("6.18", false, ["C1BF", "E09FBF", "F08FBFBF", "F887BFBFBF", "FC83BFBFBFBF"]),
        ("6.19", false, ["C080", "E08080", "F0808080", "F880808080", "FC8080808080"]),
        // Surrogates, alone and in pairs.
        ("6.20", false, ["EDA080", "EDADBF", "EDAE80", "EDAFBF", "EDB080", "EDBE80", "EDBFBF"]),
        ("6.21", false, [.. from high in new[] { "EDA080", "EDADBF", "EDAE80", "EDAFBF" } from low in new[] { "EDB080", "EDBFBF" } select high + low]),
        // What is no character, or a special one, is UTF-8 all the same.
        ("6.22", true, ["EFBFBE", "EFBFBF", .. from plane in Enumerable.Range(1, 16) from last in new[] { 0xFFFE, 0xFFFF } select Hex((plane << 16) | last)]),
        ("6.23", true, [.. Enumerable.Range(0xFFF9, 7).Select(Hex)]),
    ];

    /// <summary>Beyond the suite's: the neighbours of every boundary in the table of well-formed sequences (Unicode, table 3-7).</summary>
    public static readonly string[] BrokenAtBoundaries =
    [
        "C27F", "C2C0", "DF7F", "DFC0", "E09F80", "E0A07F", "E0C080", "E17F80", "E1C080", "E1807F", "ECBFC0", "ED7F80", "EDA08080", "EE7F80", "EFBFC0",
        "F08F8080", "F0C08080", "F0907F80", "F090807F", "F1C08080", "F37F8080", "F3BFBFC0", "F47F8080", "F4908080", "F48FC080", "F5808080", "C3C3A9", "E282C3A9", "F09F98C3A9",
    ];

    private static byte[] Cosmos => Encoding.UTF8.GetBytes(Word);

    // Their last byte is missing.
    private static string[] Truncated =>
        ["C0", "E080", "F08080", "F8808080", "FC80808080", "DF", "EFBF", "F7BFBF", "FBBFBFBF", "FDBFBFBFBF"];

    public static IEnumerable<ConformanceCase> All =>
    [
        Clean("6.1.1", [Frame(0x81)], Text("")),
        Clean("6.1.2", [Frame(0x01), Frame(0x00), Frame(0x80)], Text("")),
        Clean("6.1.3", [Frame(0x01), Frame(0x00, "the middle"), Frame(0x80)], Text("the middle")),
        Clean("6.2.1", [Frame(0x81, "Hello-µ@ßöäüàá-UTF-8!!")], Text("Hello-µ@ßöäüàá-UTF-8!!")),
        Clean("6.2.2", [Frame(0x01, "Hello-µ@ßöä"), Frame(0x80, "üàá-UTF-8!!")], Text("Hello-µ@ßöäüàá-UTF-8!!")),
        Clean("6.2.3", Fragments("Hello-µ@ßöäüàá-UTF-8!!"u8.ToArray()), Text("Hello-µ@ßöäüàá-UTF-8!!")),
        Clean("6.2.4", Fragments(Cosmos), Text(Word)),
        Failing("6.3.1", 1007, [RawWebSocket.Frame(0x81, BrokenBySurrogate)]),
        Failing("6.3.2", 1007, Fragments(BrokenBySurrogate)),
        // The rest of the message is never sent: the connection fails without it.
        Failing("6.4.1", 1007, [RawWebSocket.Frame(0x01, Cosmos), RawWebSocket.Frame(0x00, [0xF4, 0x90, 0x80, 0x80])]),
        Failing("6.4.2", 1007, [RawWebSocket.Frame(0x01, [.. Cosmos, 0xF4]), RawWebSocket.Frame(0x00, [0x90])]),
        Failing("6.4.3", 1007, BeginningOfFrame(Cosmos, [0xF4, 0x90, 0x80, 0x80])),
        Failing("6.4.4", 1007, BeginningOfFrame([.. Cosmos, 0xF4], [0x90])),
        .. Prefixes,
        Whole("6.11.5", [0xF4, 0x90, 0x80, 0x80], isValid: false),
        .. Classes.SelectMany(static @class => @class.Sequences.Select((sequence, index) =>
            Whole($"{@class.Section}.{index + 1}", Convert.FromHexString(sequence), @class.IsValid))),
    ];

    /// <summary>The classes of sequences that are no UTF-8, and the sequences of each.</summary>
    public static TheoryData<string, string> BrokenText
    {
        get
        {
            var classes = new TheoryData<string, string>();
            foreach (var (section, _, sequences) in Classes.Where(static @class => !@class.IsValid))
                classes.Add(section, string.Join(' ', sequences));
            classes.Add("boundaries", string.Join(' ', BrokenAtBoundaries));
            return classes;
        }
    }

    /// <summary>A broken text cut into two at every byte: into two fragments, and into two pieces of one frame.</summary>
    public static IEnumerable<ConformanceCase> Cut(string id, byte[] sequence)
    {
        byte[] text = [.. "é"u8, .. sequence];
        var frame = RawWebSocket.Frame(0x81, text);
        var header = frame.Length - text.Length;
        for (var at = 0; at <= text.Length; at++)
        {
            yield return Failing(id, 1007, [RawWebSocket.Frame(0x01, text.AsSpan(0, at)), RawWebSocket.Frame(0x80, text.AsSpan(at))]);
            yield return Failing(id, 1007, [frame[..(header + at)], frame[(header + at)..]]);
        }
    }

    // A text message in fragments of one byte.
    private static IEnumerable<byte[]> Fragments(byte[] text) => text.Select((one, index) =>
        RawWebSocket.Frame((byte)((index == 0 ? 0x01 : 0x00) | (index == text.Length - 1 ? 0x80 : 0x00)), [one]));

    // The word up to each of its bytes; it is UTF-8 where a character ends.
    private static IEnumerable<ConformanceCase> Prefixes => Enumerable.Range(1, 11).Select(static length =>
        Whole($"6.6.{length}", Cosmos[..length], isValid: length is 2 or 5 or 7 or 9 or 11));

    private static ConformanceCase Whole(string id, byte[] payload, bool isValid) => isValid
        ? Clean(id, [RawWebSocket.Frame(0x81, payload)], new ServerFrame(ServerFrame.TextOpcode, payload))
        : Failing(id, 1007, [RawWebSocket.Frame(0x81, payload)]);

    // Two pieces of a frame whose end never comes.
    private static IEnumerable<byte[]> BeginningOfFrame(byte[] first, byte[] second)
    {
        var frame = RawWebSocket.Frame(0x81, [.. first, .. second, .. "edited"u8]);
        var begin = frame.Length - "edited".Length - second.Length;
        return [frame[..begin], frame[begin..^"edited".Length]];
    }

    private static string Range(int first, int last, string after) =>
        string.Concat(Enumerable.Range(first, last - first + 1).Select(one => one.ToString("X2", System.Globalization.CultureInfo.InvariantCulture) + after));

    private static string Hex(int codePoint) => Convert.ToHexString(Encoding.UTF8.GetBytes(char.ConvertFromUtf32(codePoint)));
}
