using System.Text;
using static Sockudo.Specification.Conformance.ConformanceCase;

namespace Sockudo.Specification.Conformance;

/// <summary>Case 7: the closing handshake. Where the suite only watches (7.1.6, 7.13), this server's answer is fixed here.</summary>
internal static class CloseCases
{
    private const string Hello = "Hello, world!";

    private static readonly int[] Allowed = [1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 3000, 3999, 4000, 4999];
    private static readonly int[] Forbidden = [0, 999, 1004, 1005, 1006, 1016, 1100, 2000, 2999];

    public static IEnumerable<ConformanceCase> All =>
    [
        Clean("7.1.1", [Frame(0x81, Hello)], Text(Hello)),
        Closing("7.1.2", 1000, [Close(1000), Close(1000)]),
        Closing("7.1.3", 1000, [Close(1000), Frame(0x89)]),
        Closing("7.1.4", 1000, [Close(1000), Frame(0x81, Hello)]),
        Closing("7.1.5", 1000, [Frame(0x01, "one"), Close(1000), Frame(0x80, "two")]),
        Closing(
            "7.1.6",
            1000,
            [Frame(0x81, new string('a', 256 * 1024)), Frame(0x81, Hello), Close(1000), Frame(0x89)],
            Text(new string('a', 256 * 1024)),
            Text(Hello)),
        new("7.3.1", [Frame(0x88)], [new ServerFrame(ServerFrame.CloseOpcode, [])], IsClosedByClient: true),
        Closing("7.3.2", 1002, [Frame(0x88, "a")]),
        Closing("7.3.3", 1000, [Close(1000)]),
        Closing("7.3.4", 1000, [Close(1000, Encoding.UTF8.GetBytes(Hello))]),
        Closing("7.3.5", 1000, [Close(1000, Encoding.UTF8.GetBytes(new string('*', 123)))]),
        Failing("7.3.6", 1002, [Close(1000, Encoding.UTF8.GetBytes(new string('*', 124)))]),
        Closing("7.5.1", 1007, [Close(1000, Utf8Cases.BrokenBySurrogate)]),
        .. Allowed.Select(static (code, index) => Closing($"7.7.{index + 1}", code, [Close(code)])),
        .. Forbidden.Select(static (code, index) => Closing($"7.9.{index + 1}", 1002, [Close(code)])),
        Closing("7.13.1", 1002, [Close(5000)]),
        Closing("7.13.2", 1002, [Close(65535)]),
    ];
}
