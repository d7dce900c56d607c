using Xunit;

namespace Sockudo.Specification;

/// <summary>Sections 2 and 3: pings, and what is no message.</summary>
public abstract class MessageSpec(ServerUnderTest server)
{
    private const string InvalidJson = """{"event":"pusher:error","data":{"code":null,"message":"Received invalid JSON"}}""";

    [Theory]
    [InlineData("""{"event":"pusher:ping"}""")]
    [InlineData("""{"event":"pusher:ping","data":{}}""")]
    [InlineData("""{"event":"pusher:ping","data":"{}"}""")]
    [InlineData("""{"data":[1,{"a":null}],"event":"pusher:ping","extra":true}""")]
    [InlineData("""{"event":"pusher\u003aping"}""")]
    [InlineData("""{"event":"x","event":"pusher:ping"}""")]
    public async Task H1_F6_F10_A_ping_in_any_form_is_answered(string ping)
    {
        await using var connection = await PusherConnection.ConnectAsync(server, TestApp.Plain);
        await connection.SendAsync(ping);
        await connection.ExpectAsync("""{"event":"pusher:pong","data":"{}"}""");
    }

    [Fact]
    public async Task H2_A_ping_frame_gets_a_pong_frame_with_the_same_payload_and_nothing_else()
    {
        await using var connection = await PusherConnection.ConnectAsync(server, TestApp.Plain);
        await connection.Socket.SendFrameAsync(0x89, "payload é");
        var frame = await connection.Socket.NextFrameAsync();
        Assert.Equal(ServerFrame.PongOpcode, frame.Opcode);
        Assert.Equal("payload é", frame.Text);
        await connection.ExpectNothingAsync();
    }

    [Fact]
    public async Task H6_A_pong_is_accepted_silently_at_any_time()
    {
        await using var connection = await PusherConnection.ConnectAsync(server, TestApp.Plain);
        await connection.SendAsync("""{"event":"pusher:pong","data":{}}""");
        await connection.Socket.SendFrameAsync(0x8A, "unsolicited");
        await connection.ExpectNothingAsync();
    }

    [Fact]
    public async Task F2_A_binary_message_is_refused_and_the_connection_stays()
    {
        await using var connection = await PusherConnection.ConnectAsync(server, TestApp.Plain);
        await connection.Socket.SendFrameAsync(0x82, """{"event":"pusher:ping"}""");
        await connection.ExpectErrorAsync(null);
        await connection.ExpectNothingAsync();
    }

    [Theory]
    [InlineData("garbage")]
    [InlineData("{")]
    [InlineData("")]
    [InlineData("{}")]
    [InlineData("[]")]
    [InlineData("\"x\"")]
    [InlineData("1")]
    [InlineData("null")]
    [InlineData("true")]
    [InlineData("{\"event\":1}")]
    [InlineData("{\"event\":null}")]
    [InlineData("{\"event\":{}}")]
    [InlineData("{\"event\":\"pusher:ping\"} trailing")]
    [InlineData("{\"event\":\"pusher:ping\",}")]
    [InlineData("{\"event\":\"\\ud800\"}")]
    [InlineData("{'event':'pusher:ping'}")]
    public async Task F3_F4_F10_What_is_no_object_with_an_event_is_invalid_JSON_and_the_connection_stays(string text)
    {
        await using var connection = await PusherConnection.ConnectAsync(server, TestApp.Plain);
        await connection.SendAsync(text);
        await connection.ExpectAsync(InvalidJson);
        await connection.ExpectNothingAsync();
    }

    [Fact]
    public async Task F3_JSON_nested_beyond_reason_is_invalid_and_costs_nothing()
    {
        await using var connection = await PusherConnection.ConnectAsync(server, TestApp.Plain);
        await connection.SendAsync($"{{\"event\":\"pusher:ping\",\"data\":{new string('[', 50_000)}{new string(']', 50_000)}}}");
        await connection.ExpectAsync(InvalidJson);
        await connection.ExpectNothingAsync();
    }

    [Theory]
    [InlineData("my-event")]
    [InlineData("pusher_internal:subscription_succeeded")]
    [InlineData("pusher:connection_established")]
    [InlineData("pusher:error")]
    [InlineData("Client-x")]
    [InlineData("clientx")]
    [InlineData("")]
    public async Task F7_CE2_Other_events_are_refused_by_name(string name)
    {
        await using var connection = await PusherConnection.ConnectAsync(server, TestApp.Chatty);
        await connection.SendAsync($$$"""{"event":"{{{name}}}","channel":"private-a","data":{}}""");
        await connection.ExpectAsync(
            $$$"""{"event":"pusher:error","data":{"code":null,"message":"Unsupported event received on socket: {{{name}}}"}}""");
    }

    [Fact]
    public async Task F7_A_long_name_is_echoed_in_part_only()
    {
        await using var connection = await PusherConnection.ConnectAsync(server, TestApp.Plain);
        await connection.SendAsync($$"""{"event":"{{new string('x', 5000)}}"}""");
        Assert.True((await connection.ExpectErrorAsync(null)).Length < 300);
    }

    [Fact]
    public async Task F11_A_message_above_the_limit_closes_with_1009()
    {
        await using var connection = await PusherConnection.ConnectAsync(server, TestApp.Plain);
        await connection.SendAsync($$"""{"event":"pusher:ping","data":"{{new string('x', (128 * 1024) - 35)}}"}""");
        await connection.ExpectAsync("""{"event":"pusher:pong","data":"{}"}""");
        await connection.SendAsync($$"""{"event":"pusher:ping","data":"{{new string('x', 128 * 1024)}}"}""");
        await connection.ExpectCloseAsync(1009);
    }

    [Fact]
    public async Task F13_Answers_come_in_the_order_of_the_messages()
    {
        await using var connection = await PusherConnection.ConnectAsync(server, TestApp.Plain);
        var channels = Enumerable.Range(0, 100).Select(_ => ServerUnderTest.Unique("cache-")).ToList();
        foreach (var channel in channels)
            await connection.RequestAsync(channel);
        foreach (var channel in channels)
        {
            await connection.ExpectAsync($$"""{"event":"pusher_internal:subscription_succeeded","data":"{}","channel":"{{channel}}"}""");
            await connection.ExpectAsync($$"""{"event":"pusher:cache_miss","data":"{}","channel":"{{channel}}"}""");
        }
    }
}
