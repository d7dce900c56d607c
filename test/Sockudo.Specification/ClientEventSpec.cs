using Xunit;

namespace Sockudo.Specification;

/// <summary>Section 9: client events.</summary>
public abstract class ClientEventSpec(ServerUnderTest server)
{
    private readonly string _channel = ServerUnderTest.Unique("private-");

    [Theory]
    [InlineData("""{"x":1,"y":2}""", """{\"x\":1,\"y\":2}""")]
    [InlineData("\"text \\u00e9 \\\"q\\\"\"", "text \\u00e9 \\\"q\\\"")]
    [InlineData("null", "null")]
    [InlineData("1.0", "1.0")]
    [InlineData("12345678901234567890", "12345678901234567890")]
    [InlineData("[true, {\"z\":1,\"a\":2}]", "[true, {\\\"z\\\":1,\\\"a\\\":2}]")]
    public async Task CE4_CE5_CE6_Data_is_relayed_as_a_string_to_the_others_only(string data, string relayed)
    {
        await using var sender = await PusherConnection.ConnectAsync(server, TestApp.Chatty);
        await using var receiver = await PusherConnection.ConnectAsync(server, TestApp.Chatty);
        await sender.SubscribeAsync(_channel);
        await receiver.SubscribeAsync(_channel);
        await sender.SendClientEventAsync("client-move", _channel, data);
        await receiver.ExpectAsync($$"""{"event":"client-move","data":"{{relayed}}","channel":"{{_channel}}"}""");
        await sender.ExpectNothingAsync();
    }

    [Fact]
    public async Task CE7_On_presence_channels_the_sender_s_user_id_is_added_and_what_it_claims_is_dropped()
    {
        var channel = ServerUnderTest.Unique("presence-");
        await using var receiver = await PusherConnection.ConnectAsync(server, TestApp.Chatty);
        await receiver.JoinAsync(channel, "bob");
        await using var sender = await PusherConnection.ConnectAsync(server, TestApp.Chatty);
        await sender.SubscribeAsync(channel, """{"user_id":42}""");
        await receiver.NextAsync();
        await sender.SendAsync($$"""{"event":"client-x","channel":"{{channel}}","data":"d","user_id":"forged","userId":"forged"}""");
        await receiver.ExpectAsync($$"""{"event":"client-x","data":"d","channel":"{{channel}}","user_id":"42"}""");
    }

    [Theory]
    [InlineData("""{"event":"client-x","channel":"private-a"}""", "Invalid client event (must contain channel and data)")]
    [InlineData("""{"event":"client-x","data":{}}""", "Invalid client event (must contain channel and data)")]
    [InlineData("""{"event":"client-x","data":{},"channel":7}""", "Invalid client event (must contain channel and data)")]
    [InlineData("""{"event":"client-x","data":{},"channel":"public"}""", "Client event rejected - only supported on private and presence channels")]
    [InlineData("""{"event":"client-x","data":{},"channel":"#server-to-user-1"}""", "Client event rejected - only supported on private and presence channels")]
    [InlineData("""{"event":"client-x","data":{},"channel":"private-a"}""", "Cannot broadcast client event (connection not subscribed to channel private-a)")]
    public async Task CE1_Refusals_in_their_order(string message, string text)
    {
        await using var connection = await PusherConnection.ConnectAsync(server, TestApp.Chatty);
        await connection.SendAsync(message);
        Assert.Equal(text, await connection.ExpectErrorAsync(null));
        await connection.ExpectNothingAsync();
    }

    [Fact]
    public async Task CE1_An_app_without_client_messages_refuses_them()
    {
        await using var connection = await PusherConnection.ConnectAsync(server, TestApp.Plain);
        await connection.SubscribeAsync(_channel);
        await connection.SendClientEventAsync("client-x", _channel, "{}");
        Assert.Equal("To send client events, you must enable this feature in the Settings page of your dashboard.", await connection.ExpectErrorAsync(null));
    }

    [Fact]
    public async Task CE1_CE9_Name_and_data_are_limited()
    {
        var channel = _channel[..30];
        await using var connection = await PusherConnection.ConnectAsync(server, TestApp.Small);
        await connection.SubscribeAsync(channel);
        await connection.SendClientEventAsync("client-123", channel, "{}");
        await connection.SendClientEventAsync("client-1234", channel, "{}");
        await connection.ExpectErrorAsync(4301);
        await connection.SendClientEventAsync("client-x", channel, $"\"{new string('é', 512)}\"");
        await connection.SendClientEventAsync("client-x", channel, $"\"{new string('é', 512)}x\"");
        await connection.ExpectErrorAsync(4301);
        await connection.ExpectNothingAsync();
    }

    [Fact]
    public async Task CE2_The_bare_prefix_is_a_name()
    {
        await using var sender = await PusherConnection.ConnectAsync(server, TestApp.Chatty);
        await using var receiver = await PusherConnection.ConnectAsync(server, TestApp.Chatty);
        await sender.SubscribeAsync(_channel);
        await receiver.SubscribeAsync(_channel);
        await sender.SendClientEventAsync("client-", _channel, "1");
        await receiver.ExpectAsync($$"""{"event":"client-","data":"1","channel":"{{_channel}}"}""");
    }

    [Fact]
    public async Task CE3_The_rate_is_limited_and_only_accepted_events_count()
    {
        var channel = _channel[..30];
        await using var sender = await PusherConnection.ConnectAsync(server, TestApp.Small);
        await sender.SubscribeAsync(channel);
        for (var i = 0; i < 20; i++)
            await sender.SendClientEventAsync("client-x", "private-other", "{}");
        for (var i = 0; i < 20; i++)
            await sender.ExpectErrorAsync(null);
        // Three per second: a burst of nine sent at once cannot pass.
        var burst = RawWebSocket.TextFrame($$"""{"event":"client-x","channel":"{{channel}}","data":1}""");
        await sender.Socket.SendBytesAsync(Enumerable.Repeat(burst, 9).SelectMany(static frame => frame).ToArray());
        Assert.Equal("Client event rejected due to rate limit", await sender.ExpectErrorAsync(4301));
    }

    [Fact]
    public async Task F9_F10_Text_survives_unchanged()
    {
        await using var sender = await PusherConnection.ConnectAsync(server, TestApp.Chatty);
        await using var receiver = await PusherConnection.ConnectAsync(server, TestApp.Chatty);
        await sender.SubscribeAsync(_channel);
        await receiver.SubscribeAsync(_channel);
        await sender.SendClientEventAsync("client-x", _channel, "\"\u2028 😀 \\u0000 </script> é\"");
        Assert.Equal("\u2028 😀 \0 </script> é", (string?)(await receiver.NextAsync())["data"]);
        await sender.SendClientEventAsync("client-x", _channel, "\"\\ud800\"");
        Assert.Equal("Received invalid JSON", await sender.ExpectErrorAsync(null));
        await receiver.ExpectNothingAsync();
    }

    [Fact]
    public async Task CE4_CE10_A_user_s_other_connections_receive_it_on_encrypted_channels_too()
    {
        var presence = ServerUnderTest.Unique("presence-");
        var encrypted = ServerUnderTest.Unique("private-encrypted-");
        await using var sender = await PusherConnection.ConnectAsync(server, TestApp.Chatty);
        await using var otherTab = await PusherConnection.ConnectAsync(server, TestApp.Chatty);
        foreach (var connection in new[] { sender, otherTab })
        {
            await connection.JoinAsync(presence, "ann");
            await connection.SubscribeAsync(encrypted);
        }

        // One after the other: nothing is promised about the order of different channels.
        await sender.SendClientEventAsync("client-x", presence, "1");
        await otherTab.ExpectAsync($$"""{"event":"client-x","data":"1","channel":"{{presence}}","user_id":"ann"}""");
        await sender.SendClientEventAsync("client-x", encrypted, "2");
        await otherTab.ExpectAsync($$"""{"event":"client-x","data":"2","channel":"{{encrypted}}"}""");
        await sender.ExpectNothingAsync();
    }

    [Fact]
    public async Task CE1_The_switch_is_checked_before_the_channel()
    {
        await using var connection = await PusherConnection.ConnectAsync(server, TestApp.Plain);
        await connection.SendClientEventAsync("client-x", "public", "{}");
        Assert.StartsWith("To send client events", await connection.ExpectErrorAsync(null), StringComparison.Ordinal);
        await connection.SendAsync("""{"event":"client-x","channel":"public"}""");
        Assert.StartsWith("Invalid client event", await connection.ExpectErrorAsync(null), StringComparison.Ordinal);
    }

    [Fact]
    public async Task CE3_Zero_is_no_limit()
    {
        await using var sender = await PusherConnection.ConnectAsync(server, TestApp.Busy);
        await using var receiver = await PusherConnection.ConnectAsync(server, TestApp.Busy);
        await sender.SubscribeAsync(_channel);
        await receiver.SubscribeAsync(_channel);
        for (var i = 0; i < 500; i++)
            await sender.SendClientEventAsync("client-x", _channel, $"{i}");
        for (var i = 0; i < 500; i++)
            await receiver.ExpectAsync($$"""{"event":"client-x","data":"{{i}}","channel":"{{_channel}}"}""");
        await sender.ExpectNothingAsync();
    }
}
