using System.Security.Cryptography;
using Xunit;

namespace Sockudo.Specification.Conformance;

/// <summary>
/// The cases of the public WebSocket conformance suite (Autobahn|Testsuite) that need no extension, by their numbers, on raw sockets. The suite wants every message back;
/// what a server answers instead is for the derived class to say. Needs a limit of <see cref="MaxMessageBytes"/>.
/// </summary>
public abstract class ConformanceSpec
{
    /// <summary>The largest message of any case.</summary>
    public const int MaxMessageBytes = 16 * 1024 * 1024;

    public static TheoryData<ConformanceCase> Framing => [.. FramingCases.Framing];

    public static TheoryData<ConformanceCase> Pings => [.. FramingCases.Pings];

    public static TheoryData<ConformanceCase> ReservedBits => [.. FramingCases.ReservedBits];

    public static TheoryData<ConformanceCase> Opcodes => [.. FramingCases.Opcodes];

    public static TheoryData<ConformanceCase> Fragmentation => [.. FragmentationCases.All];

    public static TheoryData<ConformanceCase> Utf8 => [.. Utf8Cases.All];

    public static TheoryData<ConformanceCase> CloseHandshakes => [.. CloseCases.All];

    public static TheoryData<string, string> BrokenText => Utf8Cases.BrokenText;

    public static TheoryData<string, int, int, int, int> Limits => LimitCases.All;

    public static TheoryData<string, int, int> RoundTrips => LimitCases.RoundTrips;

    [Fact]
    public void Every_case_is_there_once()
    {
        IEnumerable<ConformanceCase> cases =
            [.. FramingCases.Framing, .. FramingCases.Pings, .. FramingCases.ReservedBits, .. FramingCases.Opcodes, .. FragmentationCases.All, .. Utf8Cases.All, .. CloseCases.All];
        var ids = cases.Select(static @case => @case.Id).ToList();
        Assert.Distinct(ids);
        Assert.Equal(
            ["1: 16", "2: 11", "3: 7", "4: 10", "5: 20", "6: 145", "7: 37"],
            ids.GroupBy(static id => id.Split('.')[0], static (section, members) => $"{section}: {members.Count()}"));
        Assert.Equal(54 + 1, LimitCases.All.Count + LimitCases.RoundTrips.Count);
    }

    [Theory]
    [MemberData(nameof(Framing))]
    public Task Case_1_Framing(ConformanceCase @case) => RunAsync(@case);

    [Theory]
    [MemberData(nameof(Pings))]
    public Task Case_2_Pings_and_pongs(ConformanceCase @case) => RunAsync(@case);

    [Theory]
    [MemberData(nameof(ReservedBits))]
    public Task Case_3_Reserved_bits(ConformanceCase @case) => RunAsync(@case);

    [Theory]
    [MemberData(nameof(Opcodes))]
    public Task Case_4_Opcodes(ConformanceCase @case) => RunAsync(@case);

    [Theory]
    [MemberData(nameof(Fragmentation))]
    public Task Case_5_Fragmentation(ConformanceCase @case) => RunAsync(@case);

    [Theory]
    [MemberData(nameof(Utf8))]
    public Task Case_6_Utf_8(ConformanceCase @case) => RunAsync(@case);

    [Theory]
    [MemberData(nameof(BrokenText))]
    public async Task Case_6_Broken_text_fails_wherever_it_is_cut(string section, string sequences)
    {
        foreach (var sequence in sequences.Split(' '))
            await Task.WhenAll(Utf8Cases.Cut(section, Convert.FromHexString(sequence)).Select(RunAsync));
    }

    [Theory]
    [MemberData(nameof(CloseHandshakes))]
    public Task Case_7_Closing(ConformanceCase @case) => RunAsync(@case);

    [Theory]
    [MemberData(nameof(Limits))]
    public Task Case_9_and_10_Limits(string id, int opcode, int length, int fragment, int chop) => RunAsync(LimitCases.Create(id, opcode, length, fragment, chop));

    [Theory]
    [MemberData(nameof(RoundTrips))]
    public async Task Case_9_Round_trips(string id, int opcode, int length)
    {
        Assert.NotEmpty(id);
        var message = new ServerFrame(opcode, LimitCases.Payload(length));
        var (frame, expected) = (RawWebSocket.Frame((byte)(0x80 | opcode), message.Payload), AnswerTo(message));
        using var timeout = new CancellationTokenSource(RawWebSocket.Patience);
        await using var socket = await OpenAsync();
        for (var i = 0; i < 1000; i++)
        {
            await socket.SendBytesAsync(frame);
            Assert.Equal(Describe(expected), Describe(await socket.ReadFrameAsync(timeout.Token)));
        }
    }

    /// <summary>Connects; the first frame that arrives is an answer.</summary>
    protected abstract Task<RawWebSocket> OpenAsync();

    /// <summary>What the server sends for a message.</summary>
    protected abstract ServerFrame AnswerTo(ServerFrame message);

    private async Task RunAsync(ConformanceCase @case)
    {
        using var timeout = new CancellationTokenSource(RawWebSocket.Patience);
        await using var socket = await OpenAsync();
        // Reading begins at once: a server may answer before everything has been sent, and would not read on if nobody took the answers.
        var heard = new List<string>();
        var oneMore = new SemaphoreSlim(0);
        var listening = ListenAsync(socket, heard, oneMore, timeout.Token);
        foreach (var piece in @case.Sent)
        {
            if (piece is null)
                await oneMore.WaitAsync(timeout.Token);
            else
                await socket.SendBytesAsync(piece);
        }

        await listening;
        Assert.Equal(@case.Heard.Select(frame => Describe(frame.Opcode is ServerFrame.TextOpcode or ServerFrame.BinaryOpcode ? AnswerTo(frame) : frame)), heard);
        // A server that has been sent a close frame ends the TCP connection by itself; one that fails the connection may wait for the client's first.
        if (!@case.IsClosedByClient)
            socket.EndSending();
        await socket.ExpectEndAsync();
    }

    private static async Task ListenAsync(RawWebSocket socket, List<string> heard, SemaphoreSlim oneMore, CancellationToken cancellationToken)
    {
        while (true)
        {
            var frame = await socket.ReadFrameAsync(cancellationToken);
            heard.Add(Describe(frame));
            oneMore.Release();
            if (frame.Opcode == ServerFrame.CloseOpcode)
                return;
        }
    }

    // Short, and different for different frames. The reason of a close frame is for people.
    private static string Describe(ServerFrame frame) => frame.Opcode switch
    {
        ServerFrame.CloseOpcode => $"close {frame.CloseCode}",
        _ when frame.Payload.Length <= 200 => $"{frame.Opcode}: {Convert.ToHexString(frame.Payload)}",
        _ => $"{frame.Opcode}: {frame.Payload.Length} bytes, {Convert.ToHexString(SHA256.HashData(frame.Payload))}",
    };
}
