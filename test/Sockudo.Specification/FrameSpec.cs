using System.Text;
using Xunit;

namespace Sockudo.Specification;

/// <summary>RFC 6455, frame by frame, on raw sockets.</summary>
public abstract class FrameSpec(ServerUnderTest server)
{
    private const string Ping = """{"event":"pusher:ping","data":{}}""";
    private const string Pong = """{"event":"pusher:pong","data":"{}"}""";

    [Fact]
    public async Task Section_5_4_Fragments_are_put_together_and_control_frames_may_come_between()
    {
        await using var connection = await PusherConnection.ConnectAsync(server, TestApp.Plain);
        await connection.Socket.SendFrameAsync(0x01, Ping[..10]);
        await connection.Socket.SendFrameAsync(0x89, "between");
        await connection.Socket.SendFrameAsync(0x00, "");
        await connection.Socket.SendFrameAsync(0x00, Ping[10..20]);
        await connection.Socket.SendFrameAsync(0x80, Ping[20..]);
        Assert.Equal("between", (await connection.Socket.NextFrameAsync()).Text);
        await connection.ExpectAsync(Pong);
    }

    [Fact]
    public async Task Section_5_2_Every_length_encoding_is_read()
    {
        await using var connection = await PusherConnection.ConnectAsync(server, TestApp.Plain);
        foreach (var length in new[] { 125, 126, 127, 4000, 4096, 5000, 65535, 65536, 100_000 })
        {
            var padding = new string('x', length - """{"event":"pusher:ping","data":""}""".Length);
            await connection.SendAsync($$"""{"event":"pusher:ping","data":"{{padding}}"}""");
            await connection.ExpectAsync(Pong);
        }
    }

    [Fact]
    public async Task Byte_by_byte_delivery_makes_no_difference()
    {
        await using var connection = await PusherConnection.ConnectAsync(server, TestApp.Plain);
        foreach (var one in RawWebSocket.TextFrame(Ping))
            await connection.Socket.SendBytesAsync(new[] { one });
        await connection.ExpectAsync(Pong);
    }

    [Fact]
    public async Task Many_frames_in_one_segment_are_all_handled()
    {
        await using var connection = await PusherConnection.ConnectAsync(server, TestApp.Plain);
        await connection.Socket.SendBytesAsync(Enumerable.Repeat(RawWebSocket.TextFrame(Ping), 500).SelectMany(static frame => frame).ToArray());
        for (var i = 0; i < 500; i++)
            await connection.ExpectAsync(Pong);
    }

    [Fact]
    public async Task Half_a_frame_and_silence_holds_nobody_else_up()
    {
        await using var silent = await PusherConnection.ConnectAsync(server, TestApp.Plain);
        await silent.Socket.SendBytesAsync(RawWebSocket.TextFrame(Ping).AsMemory(0, 20));
        await using var other = await PusherConnection.ConnectAsync(server, TestApp.Plain);
        await other.ExpectNothingAsync();
        await silent.Socket.SendBytesAsync(RawWebSocket.TextFrame(Ping).AsMemory(20));
        await silent.ExpectAsync(Pong);
    }

    [Theory]
    [InlineData(0xC1, "reserved bit 1")]
    [InlineData(0xA1, "reserved bit 2")]
    [InlineData(0x91, "reserved bit 3")]
    [InlineData(0x83, "reserved data opcode")]
    [InlineData(0x87, "reserved data opcode")]
    [InlineData(0x8B, "reserved control opcode")]
    [InlineData(0x8F, "reserved control opcode")]
    [InlineData(0x80, "a continuation of nothing")]
    [InlineData(0x09, "a fragmented ping")]
    [InlineData(0x08, "a fragmented close")]
    public async Task Sections_5_2_5_4_5_5_A_frame_that_breaks_the_rules_closes_with_1002(int firstByte, string payload)
    {
        await using var connection = await PusherConnection.ConnectAsync(server, TestApp.Plain);
        await connection.Socket.SendFrameAsync((byte)firstByte, payload);
        await connection.ExpectCloseAsync(1002);
    }

    [Fact]
    public async Task Section_5_1_An_unmasked_frame_closes_with_1002()
    {
        await using var connection = await PusherConnection.ConnectAsync(server, TestApp.Plain);
        await connection.Socket.SendBytesAsync(new byte[] { 0x81, 0x02, (byte)'{', (byte)'}' });
        await connection.ExpectCloseAsync(1002);
    }

    [Fact]
    public async Task Section_5_4_A_new_message_inside_a_fragmented_one_closes_with_1002()
    {
        await using var connection = await PusherConnection.ConnectAsync(server, TestApp.Plain);
        await connection.Socket.SendFrameAsync(0x01, "{");
        await connection.Socket.SendFrameAsync(0x81, "{}");
        await connection.ExpectCloseAsync(1002);
    }

    [Fact]
    public async Task Section_5_5_A_long_control_frame_closes_with_1002()
    {
        await using var connection = await PusherConnection.ConnectAsync(server, TestApp.Plain);
        await connection.Socket.SendFrameAsync(0x89, new string('x', 126));
        await connection.ExpectCloseAsync(1002);
    }

    [Theory]
    [InlineData(new byte[] { 0x81, 0xFE, 0x00, 0x05, 0, 0, 0, 0 })]
    [InlineData(new byte[] { 0x81, 0xFF, 0, 0, 0, 0, 0, 0, 0x00, 0x7F, 0, 0, 0, 0 })]
    [InlineData(new byte[] { 0x81, 0xFF, 0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0 })]
    public async Task Section_5_2_Lengths_that_are_not_minimal_or_negative_close_with_1002(byte[] header)
    {
        await using var connection = await PusherConnection.ConnectAsync(server, TestApp.Plain);
        await connection.Socket.SendBytesAsync(header);
        await connection.ExpectCloseAsync(1002);
    }

    [Fact]
    public async Task A_header_that_claims_a_gigantic_message_closes_with_1009_at_once()
    {
        await using var connection = await PusherConnection.ConnectAsync(server, TestApp.Plain);
        await connection.Socket.SendBytesAsync(new byte[] { 0x81, 0xFF, 0x00, 0x00, 0x7F, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 1, 2, 3, 4 });
        await connection.ExpectCloseAsync(1009);
    }

    [Fact]
    public async Task F11_Fragments_count_in_total()
    {
        await using var connection = await PusherConnection.ConnectAsync(server, TestApp.Plain);
        await connection.Socket.SendFrameAsync(0x01, new string('x', 100_000));
        await connection.Socket.SendFrameAsync(0x80, new string('x', 100_000));
        await connection.ExpectCloseAsync(1009);
    }

    [Fact]
    public async Task F11_The_largest_length_of_all_does_not_get_past_the_limit_behind_another_fragment()
    {
        await using var connection = await PusherConnection.ConnectAsync(server, TestApp.Plain);
        await connection.Socket.SendFrameAsync(0x01, "x");
        await connection.Socket.SendBytesAsync(new byte[] { 0x80, 0xFF, 0x7F, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 1, 2, 3, 4 });
        await connection.ExpectCloseAsync(1009);
    }

    [Theory]
    [InlineData(new byte[] { 0xC3, 0x28 })]
    [InlineData(new byte[] { 0xED, 0xA0, 0x80 })]
    [InlineData(new byte[] { 0xF8, 0x88, 0x80, 0x80, 0x80 })]
    [InlineData(new byte[] { (byte)'{', 0xE2, 0x82 })]
    public async Task Section_8_1_Text_that_is_not_UTF_8_closes_with_1007(byte[] text)
    {
        await using var connection = await PusherConnection.ConnectAsync(server, TestApp.Plain);
        await connection.Socket.SendBytesAsync(RawWebSocket.Frame(0x81, text));
        await connection.ExpectCloseAsync(1007);
    }

    [Fact]
    public async Task Section_8_1_A_character_may_be_split_over_fragments()
    {
        await using var connection = await PusherConnection.ConnectAsync(server, TestApp.Plain);
        var bytes = Encoding.UTF8.GetBytes("""{"event":"pusher:ping","data":"😀"}""");
        var middle = Array.IndexOf(bytes, (byte)0xF0) + 2;
        await connection.Socket.SendBytesAsync(RawWebSocket.Frame(0x01, bytes.AsSpan(0, middle)));
        await connection.Socket.SendBytesAsync(RawWebSocket.Frame(0x80, bytes.AsSpan(middle)));
        await connection.ExpectAsync(Pong);
    }

    [Theory]
    [InlineData(1000, 1000)]
    [InlineData(1001, 1001)]
    [InlineData(3000, 3000)]
    [InlineData(4999, 4999)]
    [InlineData(999, 1002)]
    [InlineData(1004, 1002)]
    [InlineData(1005, 1002)]
    [InlineData(1006, 1002)]
    [InlineData(1015, 1002)]
    [InlineData(2999, 1002)]
    [InlineData(5000, 1002)]
    public async Task Section_7_4_A_close_is_answered_with_its_code_or_refused(int sent, int answered)
    {
        await using var connection = await PusherConnection.ConnectAsync(server, TestApp.Plain);
        await connection.Socket.SendCloseAsync((ushort)sent, "bye");
        Assert.Equal(answered, (await connection.Socket.NextFrameAsync()).CloseCode);
        await connection.Socket.WaitForEndAsync();
    }

    [Fact]
    public async Task Section_5_5_1_A_close_without_a_code_is_answered_without_one()
    {
        await using var connection = await PusherConnection.ConnectAsync(server, TestApp.Plain);
        await connection.Socket.SendBytesAsync(RawWebSocket.Frame(0x88, []));
        var frame = await connection.Socket.NextFrameAsync();
        Assert.Equal(ServerFrame.CloseOpcode, frame.Opcode);
        Assert.Empty(frame.Payload);
        await connection.Socket.WaitForEndAsync();
    }

    [Theory]
    [InlineData(new byte[] { 0x03 }, 1002)]
    [InlineData(new byte[] { 0x03, 0xE8, 0xC3, 0x28 }, 1007)]
    public async Task Section_5_5_1_A_close_with_a_bad_payload_is_refused(byte[] payload, int code)
    {
        await using var connection = await PusherConnection.ConnectAsync(server, TestApp.Plain);
        await connection.Socket.SendBytesAsync(RawWebSocket.Frame(0x88, payload));
        Assert.Equal(code, (await connection.Socket.NextFrameAsync()).CloseCode);
    }

    [Fact]
    public async Task Garbage_instead_of_frames_closes_and_the_server_stays()
    {
        var random = new Random(20_260_101);
        for (var i = 0; i < 200; i++)
        {
            await using var connection = await PusherConnection.ConnectAsync(server, TestApp.Plain);
            var garbage = new byte[random.Next(1, 2000)];
            random.NextBytes(garbage);
            await connection.Socket.SendBytesAsync(garbage);
        }

        await using var survivor = await PusherConnection.ConnectAsync(server, TestApp.Plain);
        await survivor.ExpectNothingAsync();
    }
}
