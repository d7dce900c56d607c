using System.Text.Json.Nodes;
using Xunit;

namespace Sockudo.Specification;

/// <summary>Sections 10 and 11.1: sign-in, server-to-user, termination, watchlists.</summary>
public abstract class UserSpec(ServerUnderTest server)
{
    private readonly string _user = ServerUnderTest.Unique("user-");
    private readonly PusherHttp _http = new(server, TestApp.Plain);

    private string Channel => $"#server-to-user-{_user}";

    [Fact]
    public async Task U1_U3_Success_holds_the_identical_user_data_as_a_string()
    {
        await using var connection = await PusherConnection.ConnectAsync(server, TestApp.Plain);
        await connection.RequestSignInAsync("""{"id":"12345", "user_info":{"name":"Ä"},"watchlist":[]}""");
        await connection.ExpectAsync(
            """{"event":"pusher:signin_success","data":"{\"user_data\":\"{\\\"id\\\":\\\"12345\\\", \\\"user_info\\\":{\\\"name\\\":\\\"Ä\\\"},\\\"watchlist\\\":[]}\"}"}""");
    }

    [Theory]
    [InlineData("""{"id":12345}""")]
    [InlineData("""{"id":""}""")]
    [InlineData("""{"id":null}""")]
    [InlineData("""{}""")]
    [InlineData("""[]""")]
    [InlineData("nonsense")]
    [InlineData("""{"id":"a\u0007"}""")]
    [InlineData("""{"id":"a","watchlist":"b"}""")]
    public async Task U2_U4_U8_WL5_Bad_user_data_is_answered_and_the_connection_stays(string userData)
    {
        await using var connection = await PusherConnection.ConnectAsync(server, TestApp.Watching);
        await connection.RequestSignInAsync(userData);
        await connection.ExpectErrorAsync(null);
        await connection.ExpectNothingAsync();
    }

    [Theory]
    [InlineData("bare-signature", "Invalid format: auth must have the format key:signature")]
    [InlineData("other:x", "Invalid key in subscription auth data: 'other'")]
    public async Task U1_U4_A_bad_auth_is_refused(string auth, string text)
    {
        await using var connection = await PusherConnection.ConnectAsync(server, TestApp.Plain);
        await connection.RequestSignInAsync("""{"id":"a"}""", auth);
        Assert.Equal(text, await connection.ExpectErrorAsync(null));
        await connection.RequestSignInAsync("""{"id":"a"}""", "plain-Key:beef");
        Assert.Equal(
            $$"""Invalid signature: Expected HMAC SHA256 hex digest of {{connection.SocketId}}::user::{"id":"a"}, but got beef""",
            await connection.ExpectErrorAsync(null));
        await connection.ExpectNothingAsync();
    }

    [Fact]
    public async Task U8_A_request_without_data_is_answered()
    {
        await using var connection = await PusherConnection.ConnectAsync(server, TestApp.Plain);
        await connection.SendAsync("""{"event":"pusher:signin"}""");
        await connection.ExpectErrorAsync(null);
        await connection.SendAsync("""{"event":"pusher:signin","data":{"auth":"plain-Key:x"}}""");
        await connection.ExpectErrorAsync(null);
    }

    [Fact]
    public async Task U5_The_same_user_may_sign_in_again_another_may_not()
    {
        await using var connection = await PusherConnection.ConnectAsync(server, TestApp.Plain);
        await connection.SignInAsync($$"""{"id":"{{_user}}"}""");
        await connection.SignInAsync($$$"""{"id":"{{{_user}}}","user_info":{"new":true}}""");
        await connection.RequestSignInAsync("""{"id":"somebody-else"}""");
        await connection.ExpectErrorAsync(null);
        var roster = await connection.SubscribeAsync(ServerUnderTest.Unique("presence-"));
        Assert.Equal($$$"""{"{{{_user}}}":{"new":true}}""", roster["presence"]!["hash"]!.ToJsonString());
    }

    [Fact]
    public async Task U7_An_app_can_refuse_sign_in()
    {
        await using var connection = await PusherConnection.ConnectAsync(server, TestApp.NoSignIn);
        await connection.RequestSignInAsync("""{"id":"a"}""");
        Assert.Equal("User authentication is not enabled for this app", await connection.ExpectErrorAsync(null));
        await connection.ExpectNothingAsync();
    }

    [Fact]
    public async Task U10_The_user_channel_is_acknowledged_for_its_user_only()
    {
        await using var connection = await PusherConnection.ConnectAsync(server, TestApp.Plain);
        await connection.RequestAsync(Channel);
        await connection.ExpectErrorAsync(null);
        await connection.ExpectSubscriptionErrorAsync(Channel, "AuthError", 401);
        await connection.SignInAsync($$"""{"id":"{{_user}}"}""");
        await connection.RequestAsync(Channel + "x");
        await connection.ExpectErrorAsync(null);
        await connection.ExpectSubscriptionErrorAsync(Channel + "x", "AuthError", 401);
        await connection.RequestAsync(Channel);
        await connection.ExpectAsync($$"""{"event":"pusher_internal:subscription_succeeded","data":"{}","channel":"{{Channel}}"}""");
        await connection.RequestAsync(Channel);
        await connection.ExpectErrorAsync(null);
    }

    [Fact]
    public async Task U11_U12_U15_Events_reach_every_signed_in_connection_once_without_a_subscription()
    {
        await using var first = await PusherConnection.ConnectAsync(server, TestApp.Plain);
        await using var second = await PusherConnection.ConnectAsync(server, TestApp.Plain);
        await using var stranger = await PusherConnection.ConnectAsync(server, TestApp.Plain);
        await first.SignInAsync($$"""{"id":"{{_user}}"}""");
        await second.SignInAsync($$"""{"id":"{{_user}}"}""");
        await stranger.SignInAsync("""{"id":"stranger"}""");
        await second.RequestAsync(Channel);
        await second.NextAsync();
        await _http.PublishAsync(Channel, "my-event", "x");
        var expected = $$"""{"event":"my-event","data":"x","channel":"{{Channel}}"}""";
        await first.ExpectAsync(expected);
        await second.ExpectAsync(expected);
        await _http.PublishAsync(Channel, "my-event", "y", first.SocketId);
        await second.NextAsync();
        await first.ExpectNothingAsync();
        await second.ExpectNothingAsync();
        await stranger.ExpectNothingAsync();
    }

    [Fact]
    public async Task S13_U12_Unsubscribing_from_the_user_channel_silences_it_until_subscribed_again()
    {
        await using var connection = await PusherConnection.ConnectAsync(server, TestApp.Plain);
        await connection.SignInAsync($$"""{"id":"{{_user}}"}""");
        await connection.UnsubscribeAsync(Channel);
        await connection.ExpectNothingAsync();
        await _http.PublishAsync(Channel, "e", "unheard");
        await connection.RequestAsync(Channel);
        await connection.ExpectAsync($$"""{"event":"pusher_internal:subscription_succeeded","data":"{}","channel":"{{Channel}}"}""");
        await _http.PublishAsync(Channel, "e", "heard");
        await connection.ExpectAsync($$"""{"event":"e","data":"heard","channel":"{{Channel}}"}""");
    }

    [Fact]
    public async Task U13_U14_User_channels_can_be_published_to_but_are_not_listed()
    {
        await using var connection = await PusherConnection.ConnectAsync(server, TestApp.Plain);
        await connection.SignInAsync($$"""{"id":"{{_user}}"}""");
        var listed = (await _http.GetAsync("/channels", ("filter_by_prefix", "#"))).Expect(200).Json;
        Assert.Empty(listed["channels"]!.AsObject());
        (await _http.PostAsync("/events", """{"name":"e","data":"x","channel":"#other-1"}""")).ExpectError(400);
        (await _http.PostAsync("/events", """{"name":"e","data":"x","channel":"#server-to-user-"}""")).ExpectError(400);
    }

    [Fact]
    public async Task U16_U17_Q11_Q12_Terminating_closes_the_signed_in_connections_of_the_user()
    {
        var user = $"{_user} ü";
        var channel = ServerUnderTest.Unique("presence-");
        await using var connection = await PusherConnection.ConnectAsync(server, TestApp.Plain);
        await connection.SignInAsync($$"""{"id":"{{user}}"}""");
        await using var presenceOnly = await PusherConnection.ConnectAsync(server, TestApp.Plain);
        await presenceOnly.JoinAsync(channel, user);
        (await _http.PostAsync($"/users/{Uri.EscapeDataString(user)}/terminate_connections", "{}")).Expect(200, """{"ok":true}""");
        Assert.Equal("You got disconnected by the app.", await connection.ExpectErrorAsync(4009));
        await connection.ExpectCloseAsync(4009);
        await presenceOnly.ExpectNothingAsync();
        (await _http.PostAsync($"/users/{Uri.EscapeDataString(user)}/terminate_connections", "")).Expect(200, """{"ok":true}""");
    }

    [Fact]
    public async Task WL1_WL2_WL3_Watched_users_are_reported_when_they_come_and_go()
    {
        var (on, off) = (ServerUnderTest.Unique("on-"), ServerUnderTest.Unique("off-"));
        var online = await PusherConnection.ConnectAsync(server, TestApp.Watching);
        await online.SignInAsync($$"""{"id":"{{on}}"}""");
        await using var watcher = await PusherConnection.ConnectAsync(server, TestApp.Watching);
        await watcher.SignInAsync($$"""{"id":"{{_user}}","watchlist":["{{on}}","{{off}}",7,"{{_user}}","{{on}}"]}""");
        await watcher.ExpectAsync(
            $$"""{"event":"pusher_internal:watchlist_events","data":"{\"events\":[{\"name\":\"online\",\"user_ids\":[\"{{on}}\",\"{{_user}}\"]},{\"name\":\"offline\",\"user_ids\":[\"{{off}}\"]}]}"}""");

        await using var second = await PusherConnection.ConnectAsync(server, TestApp.Watching);
        await second.SignInAsync($$"""{"id":"{{on}}"}""");
        await watcher.ExpectNothingAsync();
        await online.DisposeAsync();
        await second.DisposeAsync();
        await watcher.ExpectAsync(
            $$"""{"event":"pusher_internal:watchlist_events","data":"{\"events\":[{\"name\":\"offline\",\"user_ids\":[\"{{on}}\"]}]}"}""");
        await using var newcomer = await PusherConnection.ConnectAsync(server, TestApp.Watching);
        await newcomer.SignInAsync($$"""{"id":"{{off}}"}""");
        await watcher.ExpectAsync(
            $$"""{"event":"pusher_internal:watchlist_events","data":"{\"events\":[{\"name\":\"online\",\"user_ids\":[\"{{off}}\"]}]}"}""");
    }

    [Fact]
    public async Task WL4_A_watchlist_is_cut_at_100_and_the_error_comes_before_the_success()
    {
        await using var connection = await PusherConnection.ConnectAsync(server, TestApp.Watching);
        var list = new JsonArray([.. Enumerable.Range(0, 101).Select(i => JsonValue.Create($"{_user}-{i}"))]);
        await connection.RequestSignInAsync(new JsonObject { ["id"] = _user, ["watchlist"] = list }.ToJsonString());
        await connection.ExpectErrorAsync(4302);
        Assert.Equal("pusher:signin_success", (string?)(await connection.NextAsync())["event"]);
        var events = JsonNode.Parse((string)(await connection.NextAsync())["data"]!)!["events"]!.AsArray();
        Assert.Equal(100, events.Single()!["user_ids"]!.AsArray().Count);
    }

    [Fact]
    public async Task WL2_Without_the_feature_nothing_is_said()
    {
        await using var connection = await PusherConnection.ConnectAsync(server, TestApp.Plain);
        await connection.SignInAsync($$"""{"id":"{{_user}}","watchlist":["a"]}""");
        await connection.ExpectNothingAsync();
    }

    [Fact]
    public async Task U2_A_user_id_has_at_most_200_characters()
    {
        await using var connection = await PusherConnection.ConnectAsync(server, TestApp.Plain);
        // Characters are code points.
        var longest = string.Concat(Enumerable.Repeat("😀", 200));
        await connection.RequestSignInAsync($$"""{"id":"{{longest}}x"}""");
        await connection.ExpectErrorAsync(null);
        await connection.SignInAsync($$"""{"id":"{{longest}}"}""");
        await _http.PublishAsync($"#server-to-user-{longest}", "e", "x");
        Assert.Equal($"#server-to-user-{longest}", (string?)(await connection.NextAsync())["channel"]);
    }

    [Fact]
    public async Task U6_Nothing_of_a_sign_in_outlives_its_connection()
    {
        var first = await PusherConnection.ConnectAsync(server, TestApp.Plain);
        await first.SignInAsync($$"""{"id":"{{_user}}"}""");
        await first.DisposeAsync();
        await using var second = await PusherConnection.ConnectAsync(server, TestApp.Plain);
        await second.RequestAsync(Channel);
        await second.ExpectErrorAsync(null);
        await second.ExpectSubscriptionErrorAsync(Channel, "AuthError", 401);
        await _http.PublishAsync(Channel, "e", "unheard");
        await second.ExpectNothingAsync();
    }

    [Fact]
    public async Task U14_SC3_The_user_channel_knows_no_counts_and_is_described_to_nobody()
    {
        await using var connection = await PusherConnection.ConnectAsync(server, TestApp.Counting);
        await connection.SignInAsync($$"""{"id":"{{_user}}"}""");
        await connection.SubscribeAsync(Channel);
        await connection.ExpectNothingAsync();
        var http = new PusherHttp(server, TestApp.Counting);
        (await http.GetAsync($"/channels/{Uri.EscapeDataString(Channel)}")).ExpectError(400);
        Assert.DoesNotContain("#", (await http.GetAsync("/channels")).Expect(200).Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task CL3_U16_Users_of_other_apps_are_not_touched()
    {
        await using var here = await PusherConnection.ConnectAsync(server, TestApp.Plain);
        await using var there = await PusherConnection.ConnectAsync(server, TestApp.Chatty);
        await here.SignInAsync($$"""{"id":"{{_user}}"}""");
        await there.SignInAsync($$"""{"id":"{{_user}}"}""");
        await new PusherHttp(server, TestApp.Chatty).PublishAsync(Channel, "e", "x");
        (await new PusherHttp(server, TestApp.Chatty).PostAsync($"/users/{_user}/terminate_connections", "{}")).Expect(200);
        Assert.Equal("e", (string?)(await there.NextAsync())["event"]);
        await there.ExpectErrorAndCloseAsync(4009);
        await here.ExpectNothingAsync();
    }
}
