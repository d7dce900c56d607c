using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Xunit;

namespace Sockudo.Specification;

/// <summary>Sections 7 and 8: cache channels and encrypted channels.</summary>
public abstract class CacheSpec(ServerUnderTest server)
{
    private readonly PusherHttp _http = new(server, TestApp.Plain);

    [Theory]
    [InlineData("cache-")]
    [InlineData("private-cache-")]
    [InlineData("private-encrypted-cache-")]
    public async Task K2_K3_K4_K5_K9_First_the_success_then_the_miss_or_the_last_event(string prefix)
    {
        var channel = ServerUnderTest.Unique(prefix);
        await using var early = await PusherConnection.ConnectAsync(server, TestApp.Plain);
        await early.RequestAsync(channel);
        await early.ExpectAsync($$"""{"event":"pusher_internal:subscription_succeeded","data":"{}","channel":"{{channel}}"}""");
        await early.ExpectAsync($$"""{"event":"pusher:cache_miss","data":"{}","channel":"{{channel}}"}""");
        await _http.PublishAsync(channel, "old", "1");
        await _http.PublishAsync(channel, "price \"é\"", """{"v": 1.0}""");
        await early.NextAsync();
        var live = await early.NextTextAsync();

        await using var late = await PusherConnection.ConnectAsync(server, TestApp.Plain);
        await late.SubscribeAsync(channel);
        await late.ExpectAsync(live);
        await late.ExpectNothingAsync();
    }

    [Fact]
    public async Task K9_On_presence_cache_channels_the_roster_comes_first()
    {
        var channel = ServerUnderTest.Unique("presence-cache-");
        await _http.PublishAsync(channel, "e", "x");
        await using var connection = await PusherConnection.ConnectAsync(server, TestApp.Plain);
        Assert.Equal(1, (int?)(await connection.JoinAsync(channel, "ann"))["presence"]!["count"]);
        await connection.ExpectAsync($$"""{"event":"e","data":"x","channel":"{{channel}}"}""");
    }

    [Fact]
    public async Task K1_Client_events_are_not_kept()
    {
        var channel = ServerUnderTest.Unique("private-cache-");
        await using var a = await PusherConnection.ConnectAsync(server, TestApp.Chatty);
        await a.SubscribeAsync(channel);
        await a.NextAsync();
        await a.SendClientEventAsync("client-x", channel, "{}");
        await a.ExpectNothingAsync();
        await using var b = await PusherConnection.ConnectAsync(server, TestApp.Chatty);
        await b.SubscribeAsync(channel);
        await b.ExpectAsync($$"""{"event":"pusher:cache_miss","data":"{}","channel":"{{channel}}"}""");
    }

    [Fact]
    public async Task K7_The_excluded_connection_gets_the_event_when_it_subscribes()
    {
        var channel = ServerUnderTest.Unique("cache-");
        await using var connection = await PusherConnection.ConnectAsync(server, TestApp.Plain);
        await _http.PublishAsync(channel, "e", "x", connection.SocketId);
        await connection.SubscribeAsync(channel);
        await connection.ExpectAsync($$"""{"event":"e","data":"x","channel":"{{channel}}"}""");
    }

    [Fact]
    public async Task K10_Every_channel_of_an_event_keeps_it_and_of_a_batch_the_last_counts()
    {
        var (a, b) = (ServerUnderTest.Unique("cache-"), ServerUnderTest.Unique("cache-"));
        (await _http.PostAsync("/events", $$"""{"name":"e","data":"both","channels":["{{a}}","{{b}}"]}""")).Expect(200);
        (await _http.PostAsync("/batch_events", $$"""{"batch":[{"name":"e","data":"1","channel":"{{b}}"},{"name":"e","data":"2","channel":"{{b}}"}]}""")).Expect(200);
        await using var connection = await PusherConnection.ConnectAsync(server, TestApp.Plain);
        await connection.SubscribeAsync(a);
        await connection.ExpectAsync($$"""{"event":"e","data":"both","channel":"{{a}}"}""");
        await connection.SubscribeAsync(b);
        await connection.ExpectAsync($$"""{"event":"e","data":"2","channel":"{{b}}"}""");
    }

    [Fact]
    public async Task K11_Q8_The_cache_can_be_asked_for()
    {
        var channel = ServerUnderTest.Unique("cache-");
        (await _http.GetAsync($"/channels/{channel}", ("info", "cache"))).Expect(200, """{"occupied":false,"cache":null}""");
        await _http.PublishAsync(channel, "e", """{"a":"é"}""");
        var cache = (await _http.GetAsync($"/channels/{channel}", ("info", "cache"))).Expect(200).Json["cache"]!;
        Assert.Equal("""{"a":"é"}""", (string?)cache["data"]);
        Assert.InRange((int)cache["ttl"]!, 1790, 1800);
        (await _http.GetAsync("/channels/plain", ("info", "cache"))).ExpectError(400);
    }

    [Fact]
    public async Task K6_Publishing_while_subscribing_is_seen_exactly_once()
    {
        var channel = ServerUnderTest.Unique("cache-");
        var hurried = server with { Settles = false };
        // An audience that never reads makes each delivery take its time, so that subscribing and publishing overlap.
        var audience = await Task.WhenAll(Enumerable.Range(0, 200).Select(_ => PusherConnection.ConnectAsync(hurried, TestApp.Plain)));
        await Task.WhenAll(audience.Select(listener => listener.RequestAsync(channel)));

        using var enough = new CancellationTokenSource();
        var publishing = PublishNumbersAsync(channel, enough.Token);
        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => ComeAndGoAsync(hurried, channel)));
        await enough.CancelAsync();
        await publishing;
        foreach (var listener in audience)
            await listener.DisposeAsync();
    }

    // Requests stand in line on one connection, so that there is no pause between them.
    private async Task PublishNumbersAsync(string channel, CancellationToken enough)
    {
        await using var connection = await RawWebSocket.DialAsync(server);
        var path = _http.Path("/events");
        for (var number = 1; !enough.IsCancellationRequested;)
        {
            var requests = new StringBuilder();
            const int AtOnce = 20;
            for (var i = 0; i < AtOnce; i++, number++)
            {
                var body = $$"""{"name":"n","data":"{{number}}","channel":"{{channel}}"}""";
                requests.Append($"POST {path}?{_http.Sign("POST", path, body)} HTTP/1.1\r\nHost: x\r\nContent-Length: {body.Length}\r\n\r\n{body}");
            }

            await connection.SendBytesAsync(Encoding.ASCII.GetBytes(requests.ToString()));
            for (var i = 0; i < AtOnce; i++)
            {
                await connection.ReadResponseAsync();
                Assert.Equal(200, connection.Status);
                await connection.ReadBytesAsync("""{"ok":true}""".Length);
            }
        }
    }

    // Subscribes again and again; the cached number and the live ones after it must have no gap and no repetition.
    private static async Task ComeAndGoAsync(ServerUnderTest hurried, string channel)
    {
        await using var connection = await PusherConnection.ConnectAsync(hurried, TestApp.Plain);
        for (var round = 0; round < 100; round++)
        {
            await connection.RequestAsync(channel);
            JsonNode message;
            do
                message = await connection.NextAsync(); // what was under way to the subscription before
            while ((string?)message["event"] != "pusher_internal:subscription_succeeded");

            int? previous = null;
            for (var heard = 0; heard < 3;)
            {
                message = await connection.NextAsync();
                if ((string?)message["event"] == "pusher:cache_miss")
                    continue;
                var number = int.Parse((string)message["data"]!, CultureInfo.InvariantCulture);
                if (previous is { } last)
                    Assert.Equal(last + 1, number);
                previous = number;
                heard++;
            }

            await connection.UnsubscribeAsync(channel);
        }
    }

    [Fact]
    public async Task K1_K2_Neither_member_nor_client_events_are_kept_and_the_last_event_outlives_its_subscribers()
    {
        var channel = ServerUnderTest.Unique("presence-cache-");
        var http = new PusherHttp(server, TestApp.Busy);
        await http.PublishAsync(channel, "kept", "1");
        foreach (var user in new[] { "ann", "bob" })
        {
            await using var connection = await PusherConnection.ConnectAsync(server, TestApp.Busy);
            await connection.JoinAsync(channel, user);
            await connection.ExpectAsync($$"""{"event":"kept","data":"1","channel":"{{channel}}"}""");
            await connection.SendClientEventAsync("client-x", channel, "{}");
            await connection.UnsubscribeAsync(channel);
            await connection.ExpectNothingAsync();
        }

        (await http.GetAsync($"/channels/{channel}")).Expect(200, """{"occupied":false}""");
    }

    [Fact]
    public async Task E1_E4_An_encrypted_payload_passes_unchanged()
    {
        var channel = ServerUnderTest.Unique("private-encrypted-");
        await using var connection = await PusherConnection.ConnectAsync(server, TestApp.Plain);
        await connection.SubscribeAsync(channel);
        const string Payload = """{"nonce":"4sVYwy4j/8dCcjyxtPCWyk19GaaViaW9","ciphertext":"+/=AbC"}""";
        await _http.PublishAsync(channel, "secret", Payload);
        Assert.Equal(Payload, (string?)(await connection.NextAsync())["data"]);
    }
}
