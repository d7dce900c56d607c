using System.Text.Json.Nodes;
using Xunit;

namespace Sockudo.Specification;

/// <summary>Attempts of a client to be where it must not be: names that look like others, signatures for something else, and other users' channels and identities.</summary>
public abstract class ChannelAttackSpec(ServerUnderTest server)
{
    [Theory]
    [InlineData("private-a:{\"user_id\":\"eve\"}")]
    [InlineData("presence-a:b")]
    [InlineData("a:b")]
    [InlineData(":user::{\"id\":\"bob\"}")]
    [InlineData("private\u2010a")]
    [InlineData("\u0440rivate-a")]
    [InlineData("\uFF50rivate-a")]
    [InlineData("private-\u0430")]
    [InlineData("private-a\u0301")]
    [InlineData("\u200Bprivate-a")]
    [InlineData("private-a\u200B")]
    [InlineData("\uFEFFprivate-a")]
    [InlineData(" private-a")]
    [InlineData("private-a ")]
    [InlineData("private-a\0")]
    [InlineData("private-a\n")]
    [InlineData("private-a%62")]
    [InlineData("../private-a")]
    [InlineData("private-*")]
    [InlineData("#private-a")]
    [InlineData("#server-to-user")]
    [InlineData("#SERVER-TO-USER-bob")]
    [InlineData("\uFF03server-to-user-bob")]
    public async Task A_name_that_looks_like_another_is_none(string channel)
    {
        await using var connection = await PusherConnection.ConnectAsync(server, TestApp.Chatty);
        await SubscribeAsync(connection, channel, connection.App.Authorize(connection.SocketId, channel));
        await ExpectRefusalAsync(connection, channel);
        await connection.SendClientEventAsync("client-e", channel, "\"x\"");
        await connection.ExpectErrorAsync(null);
        await connection.ExpectNothingAsync();
    }

    [Theory]
    [InlineData("private-ab")]
    [InlineData("private-")]
    [InlineData("private-A")]
    [InlineData("private-cache-a")]
    [InlineData("private-encrypted-a")]
    [InlineData("presence-a")]
    public async Task A_signature_is_for_one_channel_and_no_other(string channel)
    {
        await using var connection = await PusherConnection.ConnectAsync(server, TestApp.Chatty);
        var auth = connection.App.Authorize(connection.SocketId, "private-a");
        await SubscribeAsync(connection, channel, auth);
        await connection.ExpectErrorAsync(null);
        if (!channel.StartsWith("private-encrypted-", StringComparison.Ordinal))
            await connection.ExpectSubscriptionErrorAsync(channel, "AuthError", 401);
        await SubscribeAsync(connection, "private-a", auth, """{"user_id":"eve"}""");
        await connection.ExpectErrorAsync(null);
        await connection.ExpectSubscriptionErrorAsync("private-a", "AuthError", 401);
        await SubscribeAsync(connection, "private-a", auth);
        Assert.Equal("pusher_internal:subscription_succeeded", (string?)(await connection.NextAsync())["event"]);
    }

    [Fact]
    public async Task A_signature_is_of_one_app_for_one_connection_and_for_one_purpose()
    {
        var channel = ServerUnderTest.Unique("private-");
        await using var victim = await PusherConnection.ConnectAsync(server, TestApp.Plain);
        await using var attacker = await PusherConnection.ConnectAsync(server, TestApp.Chatty);
        var (mine, app) = (attacker.SocketId, attacker.App);
        foreach (var auth in new[]
        {
            victim.App.Authorize(mine, channel), // the key and the secret of another app
            $"{app.Key}:{victim.App.Sign($"{mine}:{channel}")}",
            $"{victim.App.Key}:{app.Sign($"{mine}:{channel}")}",
            app.Authorize(victim.SocketId, channel), // another connection
            app.AuthorizeUser(mine, channel), // to sign in
            $"{app.Key}:{app.Sign($"{mine}:{channel}")}:", $" {app.Authorize(mine, channel)}", $"{app.Key}::{app.Sign($"{mine}:{channel}")}", $"{app.Key}:", ":", "",
        })
        {
            await SubscribeAsync(attacker, channel, auth);
            await attacker.ExpectErrorAsync(null);
            await attacker.ExpectSubscriptionErrorAsync(channel, "AuthError", 401);
        }

        // To subscribe is not to sign in, whoever signed what.
        const string Bob = """{"id":"bob"}""";
        foreach (var auth in new[] { app.Authorize(mine, Bob), app.Authorize(mine, "presence-a", Bob), app.AuthorizeUser(victim.SocketId, Bob), victim.App.AuthorizeUser(mine, Bob) })
        {
            await attacker.RequestSignInAsync(Bob, auth);
            await attacker.ExpectErrorAsync(null);
        }

        await attacker.ExpectNothingAsync();
    }

    [Theory]
    [InlineData("bob")]
    [InlineData("Alice")]
    [InlineData("alice ")]
    [InlineData("alice\u200B")]
    [InlineData("\u0430lice")]
    [InlineData("alic\u0065\u0301")]
    [InlineData("%61lice")]
    [InlineData("alice-")]
    public async Task Nobody_listens_to_the_channel_of_another_user(string other)
    {
        var channel = $"#server-to-user-{other}";
        await using var alice = await PusherConnection.ConnectAsync(server, TestApp.Chatty);
        await SubscribeAsync(alice, channel, alice.App.Authorize(alice.SocketId, channel));
        await ExpectRefusalAsync(alice, channel);
        await alice.SignInAsync("""{"id":"alice"}""");
        await SubscribeAsync(alice, channel, alice.App.Authorize(alice.SocketId, channel));
        await ExpectRefusalAsync(alice, channel);
        await alice.SendClientEventAsync("client-e", channel, "\"x\"");
        await alice.ExpectErrorAsync(null);
        await alice.UnsubscribeAsync(channel);
        await alice.ExpectErrorAsync(null);
        await new PusherHttp(server, TestApp.Chatty).PublishAsync(channel, "e", "for another");
        await alice.ExpectNothingAsync();
    }

    [Fact]
    public async Task Nobody_is_a_member_as_somebody_else()
    {
        var channel = ServerUnderTest.Unique("presence-");
        await using var watcher = await PusherConnection.ConnectAsync(server, TestApp.Chatty);
        await watcher.JoinAsync(channel, "watcher");
        await using var eve = await PusherConnection.ConnectAsync(server, TestApp.Chatty);
        const string Signed = """{"user_id":"eve"}""";
        var auth = eve.App.Authorize(eve.SocketId, channel, Signed);
        foreach (var claimed in new string?[]
        {
            """{"user_id":"bob"}""", """{"user_id":"eve","user_id":"bob"}""", """{"user_id":"eve"} """, """{"user_id":"eve","user_info":{"admin":true}}""", """{"user_id":"\u0065ve"}""", "", null,
        })
        {
            await SubscribeAsync(eve, channel, auth, claimed);
            await eve.ExpectErrorAsync(null);
            await eve.ExpectSubscriptionErrorAsync(channel, "AuthError", 401);
        }

        // What was signed for a private channel of a name that holds the data.
        await SubscribeAsync(eve, channel, eve.App.Authorize(eve.SocketId, $"{channel}:{Signed}"), """{"user_id":"bob"}""");
        await eve.ExpectErrorAsync(null);
        await eve.ExpectSubscriptionErrorAsync(channel, "AuthError", 401);
        await watcher.ExpectNothingAsync();

        await SubscribeAsync(eve, channel, auth, Signed);
        Assert.Equal("pusher_internal:subscription_succeeded", (string?)(await eve.NextAsync())["event"]);
        Assert.Equal("eve", (string?)JsonNode.Parse((string)(await watcher.NextAsync())["data"]!)!["user_id"]);
        // Inside, she cannot speak as the server, nor as another.
        foreach (var name in new[] { "pusher_internal:member_added", "pusher:error", "pusher:subscription_count", "pusher_internal:member_removed", "Client-e", " client-e", "clien\u0074\u200B-e" })
        {
            await eve.SendClientEventAsync(name, channel, """{"user_id":"bob"}""");
            await eve.ExpectErrorAsync(null);
        }

        await eve.SendAsync($$"""{"event":"client-e","channel":"{{channel}}","data":"x","user_id":"bob"}""");
        Assert.Equal("eve", (string?)(await watcher.NextAsync())["user_id"]);
        await watcher.ExpectNothingAsync();
    }

    private static Task SubscribeAsync(PusherConnection connection, string channel, string auth, string? channelData = null)
    {
        var data = new JsonObject { ["channel"] = channel, ["auth"] = auth };
        if (channelData is not null)
            data["channel_data"] = channelData;
        return connection.SendAsync(new JsonObject { ["event"] = "pusher:subscribe", ["data"] = data }.ToJsonString());
    }

    private static async Task ExpectRefusalAsync(PusherConnection connection, string channel)
    {
        await connection.ExpectErrorAsync(null);
        var error = await connection.NextAsync();
        Assert.Equal("pusher:subscription_error", (string?)error["event"]);
        Assert.Equal(channel, (string?)error["channel"]);
    }
}
