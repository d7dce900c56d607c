using System.Text.Json.Nodes;
using Xunit;

namespace Sockudo.Specification;

/// <summary>Sections 4 and 5: names, subscribing, signatures.</summary>
public abstract class SubscribeSpec(ServerUnderTest server)
{
    [Theory]
    [InlineData("my-channel")]
    [InlineData("1673738400000")]
    [InlineData("AZaz09_-=@,.;")]
    [InlineData("Private-x")]
    [InlineData("xprivate-x")]
    [InlineData("privatex")]
    [InlineData("presence_x")]
    public async Task S2_N1_N3_N4_A_public_channel_is_acknowledged_exactly(string name)
    {
        await using var connection = await PusherConnection.ConnectAsync(server, TestApp.Plain);
        await connection.SendAsync($$$"""{"event":"pusher:subscribe","data":{"auth":"","channel":"{{{name}}}"}}""");
        await connection.ExpectAsync($$"""{"event":"pusher_internal:subscription_succeeded","data":"{}","channel":"{{name}}"}""");
    }

    [Theory]
    [InlineData("private-")]
    [InlineData("private-a")]
    [InlineData("private-encrypted-a")]
    [InlineData("private-encrypted-cachex")]
    public async Task S2_S8_S12_N6_A_private_channel_is_acknowledged_with_a_signature(string name)
    {
        await using var connection = await PusherConnection.ConnectAsync(server, TestApp.Plain);
        await connection.RequestAsync(name);
        await connection.ExpectAsync($$"""{"event":"pusher_internal:subscription_succeeded","data":"{}","channel":"{{name}}"}""");
    }

    [Fact]
    public async Task S1_Auth_and_channel_data_of_a_public_channel_are_ignored()
    {
        await using var connection = await PusherConnection.ConnectAsync(server, TestApp.Plain);
        var channel = ServerUnderTest.Unique("public-");
        await connection.SendAsync($$$"""{"event":"pusher:subscribe","data":{"auth":{"a":1},"channel_data":7,"channel":"{{{channel}}}"}}""");
        await connection.ExpectAsync($$"""{"event":"pusher_internal:subscription_succeeded","data":"{}","channel":"{{channel}}"}""");
    }

    [Fact]
    public async Task F5_Data_may_be_a_string_that_holds_the_object()
    {
        await using var connection = await PusherConnection.ConnectAsync(server, TestApp.Plain);
        var channel = ServerUnderTest.Unique("double-");
        var data = new JsonObject { ["channel"] = channel }.ToJsonString();
        await connection.SendAsync(new JsonObject { ["event"] = "pusher:subscribe", ["data"] = data }.ToJsonString());
        await connection.ExpectAsync($$"""{"event":"pusher_internal:subscription_succeeded","data":"{}","channel":"{{channel}}"}""");
        await connection.SendAsync(new JsonObject { ["event"] = "pusher:unsubscribe", ["data"] = data }.ToJsonString());
        await connection.SendAsync("""{"event":"pusher:subscribe","data":"not an object"}""");
        await connection.ExpectErrorAsync(null);
    }

    [Theory]
    [InlineData("""{"event":"pusher:subscribe"}""")]
    [InlineData("""{"event":"pusher:subscribe","data":null}""")]
    [InlineData("""{"event":"pusher:subscribe","data":{}}""")]
    [InlineData("""{"event":"pusher:subscribe","data":{"channel":null}}""")]
    [InlineData("""{"event":"pusher:subscribe","data":{"channel":""}}""")]
    [InlineData("""{"event":"pusher:subscribe","data":[]}""")]
    [InlineData("""{"event":"pusher:subscribe","data":{"channel":123}}""")]
    [InlineData("""{"event":"pusher:unsubscribe"}""")]
    [InlineData("""{"event":"pusher:unsubscribe","data":{"channel":""}}""")]
    public async Task S3_S4_S15_N3_Without_a_channel_there_is_an_error_and_the_connection_stays(string request)
    {
        await using var connection = await PusherConnection.ConnectAsync(server, TestApp.Plain);
        await connection.SendAsync(request);
        await connection.ExpectErrorAsync(null);
        await connection.ExpectNothingAsync();
    }

    [Theory]
    [InlineData("a b")]
    [InlineData("a:b")]
    [InlineData("a/b")]
    [InlineData("ä")]
    [InlineData("#x")]
    [InlineData("#server-to-use-x")]
    public async Task S4_S20_N1_N5_An_invalid_name_is_refused(string name)
    {
        await using var connection = await PusherConnection.ConnectAsync(server, TestApp.Plain);
        await connection.RequestAsync(name);
        await connection.ExpectErrorAsync(null);
        await connection.ExpectSubscriptionErrorAsync(name, "InvalidChannel", 4009);
        await connection.ExpectNothingAsync();
    }

    [Fact]
    public async Task N2_The_length_of_a_name_is_limited()
    {
        await using var connection = await PusherConnection.ConnectAsync(server, TestApp.Plain);
        await connection.SubscribeAsync(new string('n', 200));
        await connection.RequestAsync(new string('n', 201));
        await connection.ExpectErrorAsync(null);
        await using var small = await PusherConnection.ConnectAsync(server, TestApp.Small);
        await small.SubscribeAsync(new string('n', 40));
        await small.RequestAsync(new string('n', 41));
        await small.ExpectErrorAsync(null);
    }

    [Fact]
    public async Task S5_A_second_subscribe_is_an_error_and_the_first_goes_on()
    {
        await using var connection = await PusherConnection.ConnectAsync(server, TestApp.Plain);
        var channel = ServerUnderTest.Unique("twice-");
        await connection.SubscribeAsync(channel);
        await connection.RequestAsync(channel);
        await connection.ExpectAsync($$$"""{"event":"pusher:error","data":{"code":null,"message":"Existing subscription to channel {{{channel}}}"}}""");
        await new PusherHttp(server, TestApp.Plain).PublishAsync(channel, "e", "x");
        await connection.ExpectAsync($$"""{"event":"e","data":"x","channel":"{{channel}}"}""");
    }

    [Fact]
    public async Task S6_The_signature_is_checked_before_an_existing_subscription_is_reported()
    {
        await using var connection = await PusherConnection.ConnectAsync(server, TestApp.Plain);
        await connection.SubscribeAsync("private-secret");
        await connection.SendAsync("""{"event":"pusher:subscribe","data":{"channel":"private-secret","auth":"plain-Key:bad"}}""");
        Assert.Contains("Invalid signature", await connection.ExpectErrorAsync(null), StringComparison.Ordinal);
        await connection.ExpectSubscriptionErrorAsync("private-secret", "AuthError", 401);
    }

    [Theory]
    [InlineData("null", "Invalid format: auth must have the format key:signature")]
    [InlineData("7", "Invalid format: auth must have the format key:signature")]
    [InlineData("\"\"", "Invalid format: auth must have the format key:signature")]
    [InlineData("\"nocolon\"", "Invalid format: auth must have the format key:signature")]
    [InlineData("\"other:abc\"", "Invalid key in subscription auth data: 'other'")]
    [InlineData("\"plain-key:abc\"", "Invalid key in subscription auth data: 'plain-key'")]
    public async Task S10_S20_A_missing_or_foreign_auth_is_refused_with_hosted_s_text(string auth, string text)
    {
        await using var connection = await PusherConnection.ConnectAsync(server, TestApp.Plain);
        await connection.SendAsync($$$"""{"event":"pusher:subscribe","data":{"channel":"private-a","auth":{{{auth}}} }}""");
        Assert.Equal(text, await connection.ExpectErrorAsync(null));
        await connection.ExpectSubscriptionErrorAsync("private-a", "AuthError", 401);
        await connection.ExpectNothingAsync();
    }

    [Fact]
    public async Task S10_A_wrong_signature_shows_the_string_to_sign_but_never_the_digest()
    {
        await using var connection = await PusherConnection.ConnectAsync(server, TestApp.Plain);
        await connection.SendAsync("""{"event":"pusher:subscribe","data":{"channel":"private-a","auth":"plain-Key:beef"}}""");
        Assert.Equal(
            $"Invalid signature: Expected HMAC SHA256 hex digest of {connection.SocketId}:private-a, but got beef", await connection.ExpectErrorAsync(null));
        await connection.ExpectSubscriptionErrorAsync("private-a", "AuthError", 401);
    }

    [Fact]
    public async Task S8_A_signature_in_upper_case_is_refused()
    {
        await using var connection = await PusherConnection.ConnectAsync(server, TestApp.Plain);
        var signature = connection.App.Authorize(connection.SocketId, "private-a").Split(':')[1].ToUpperInvariant();
        await connection.SendAsync($$$"""{"event":"pusher:subscribe","data":{"channel":"private-a","auth":"plain-Key:{{{signature}}}"}}""");
        await connection.ExpectErrorAsync(null);
    }

    [Fact]
    public async Task S9_Channel_data_is_part_of_the_signature_of_private_channels_too()
    {
        await using var connection = await PusherConnection.ConnectAsync(server, TestApp.Plain);
        await connection.SubscribeAsync("private-with-data", """{"x":1, "y":"ü😀"}""");
        var unsigned = new JsonObject
        {
            ["channel"] = "private-b",
            ["auth"] = connection.App.Authorize(connection.SocketId, "private-b"),
            ["channel_data"] = "x",
        };
        await connection.SendAsync(new JsonObject { ["event"] = "pusher:subscribe", ["data"] = unsigned }.ToJsonString());
        await connection.ExpectErrorAsync(null);
        await connection.ExpectSubscriptionErrorAsync("private-b", "AuthError", 401);
    }

    [Theory]
    [InlineData("private-c", true, "")]
    [InlineData("private-d", false, "")]
    [InlineData("private-e", false, null)]
    public async Task S9_Empty_channel_data_may_be_signed_either_way_and_null_is_not_signed(string channel, bool isSigned, string? channelData)
    {
        await using var connection = await PusherConnection.ConnectAsync(server, TestApp.Plain);
        var data = new JsonObject
        {
            ["channel"] = channel,
            ["auth"] = connection.App.Authorize(connection.SocketId, channel, isSigned ? channelData : null),
            ["channel_data"] = channelData,
        };
        await connection.SendAsync(new JsonObject { ["event"] = "pusher:subscribe", ["data"] = data }.ToJsonString());
        await connection.ExpectAsync($$"""{"event":"pusher_internal:subscription_succeeded","data":"{}","channel":"{{channel}}"}""");
    }

    [Fact]
    public async Task S20_Nothing_but_the_error_goes_to_an_encrypted_channel()
    {
        await using var connection = await PusherConnection.ConnectAsync(server, TestApp.Plain);
        await connection.SendAsync("""{"event":"pusher:subscribe","data":{"channel":"private-encrypted-a","auth":"plain-Key:beef"}}""");
        await connection.ExpectErrorAsync(null);
        await connection.ExpectNothingAsync();
    }

    [Fact]
    public async Task S13_S16_O3_After_unsubscribe_nothing_arrives_and_a_new_subscribe_is_acknowledged()
    {
        await using var connection = await PusherConnection.ConnectAsync(server, TestApp.Plain);
        var http = new PusherHttp(server, TestApp.Plain);
        var channel = ServerUnderTest.Unique("come-and-go-");
        await connection.SubscribeAsync(channel);
        await connection.UnsubscribeAsync(channel);
        await connection.ExpectNothingAsync();
        await http.PublishAsync(channel, "e", "unheard");
        await connection.ExpectNothingAsync();
        await connection.RequestAsync(channel);
        await connection.UnsubscribeAsync(channel);
        await connection.SubscribeAsync(channel);
        await connection.ExpectAsync($$"""{"event":"pusher_internal:subscription_succeeded","data":"{}","channel":"{{channel}}"}""");
        await http.PublishAsync(channel, "e", "heard");
        await connection.ExpectAsync($$"""{"event":"e","data":"heard","channel":"{{channel}}"}""");
    }

    [Fact]
    public async Task S14_Unsubscribing_from_nothing_is_an_error()
    {
        await using var connection = await PusherConnection.ConnectAsync(server, TestApp.Plain);
        await connection.UnsubscribeAsync("never");
        Assert.Equal("No current subscription to channel never, or subscription in progress", await connection.ExpectErrorAsync(null));
        await connection.ExpectNothingAsync();
    }

    [Fact]
    public async Task S7_Thousands_of_subscriptions_on_one_connection_are_fine()
    {
        await using var connection = await PusherConnection.ConnectAsync(server, TestApp.Plain);
        var prefix = ServerUnderTest.Unique("many-");
        for (var i = 0; i < 3000; i++)
            await connection.SubscribeAsync($"{prefix}-{i}");
        var listed = (await new PusherHttp(server, TestApp.Plain).GetAsync("/channels", ("filter_by_prefix", prefix))).Expect(200).Json;
        Assert.Equal(3000, listed["channels"]!.AsObject().Count);
        await connection.UnsubscribeAsync($"{prefix}-1500");
        await connection.SubscribeAsync($"{prefix}-1500");
    }

    [Theory]
    [InlineData("Presence-x")]
    [InlineData("Cache-x")]
    [InlineData("my-cache-x")]
    [InlineData("my-private-x")]
    [InlineData("cachex")]
    public async Task N4_Only_a_prefix_in_lower_case_makes_a_kind(string name)
    {
        await using var connection = await PusherConnection.ConnectAsync(server, TestApp.Plain);
        await connection.SubscribeAsync(name);
        await connection.ExpectNothingAsync();
    }

    [Fact]
    public async Task N3_Names_are_case_sensitive()
    {
        var name = ServerUnderTest.Unique("Case-");
        await using var connection = await PusherConnection.ConnectAsync(server, TestApp.Plain);
        await connection.SubscribeAsync(name);
        var http = new PusherHttp(server, TestApp.Plain);
        await http.PublishAsync(name.ToUpperInvariant(), "e", "x");
        (await http.GetAsync($"/channels/{name.ToUpperInvariant()}")).Expect(200, """{"occupied":false}""");
        await connection.ExpectNothingAsync();
    }

    [Fact]
    public async Task S19_A_signature_of_another_connection_is_refused()
    {
        await using var first = await PusherConnection.ConnectAsync(server, TestApp.Plain);
        await using var second = await PusherConnection.ConnectAsync(server, TestApp.Plain);
        var auth = TestApp.Plain.Authorize(first.SocketId, "private-a");
        await second.SendAsync($$$"""{"event":"pusher:subscribe","data":{"channel":"private-a","auth":"{{{auth}}}"}}""");
        Assert.StartsWith("Invalid signature", await second.ExpectErrorAsync(null), StringComparison.Ordinal);
    }

    [Fact]
    public async Task S8_S12_Auth_is_split_at_its_first_colon_and_a_shared_secret_is_ignored()
    {
        await using var connection = await PusherConnection.ConnectAsync(server, TestApp.Plain);
        var auth = TestApp.Plain.Authorize(connection.SocketId, "private-encrypted-a");
        await connection.SendAsync($$$"""{"event":"pusher:subscribe","data":{"channel":"private-encrypted-a","auth":"{{{auth}}}:x"}}""");
        Assert.EndsWith($"but got {auth["plain-Key:".Length..]}:x", await connection.ExpectErrorAsync(null), StringComparison.Ordinal);
        await connection.SendAsync(
            $$$"""{"event":"pusher:subscribe","data":{"channel":"private-encrypted-a","auth":"{{{auth}}}","shared_secret":"AAAA","channel_data":null}}""");
        await connection.ExpectAsync("""{"event":"pusher_internal:subscription_succeeded","data":"{}","channel":"private-encrypted-a"}""");
    }
}
