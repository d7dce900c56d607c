using System.Text;
using System.Text.Json.Nodes;
using Xunit;

namespace Sockudo.Specification;

/// <summary>What nobody sends by accident: none of it may crash the server, hang it, or disturb anybody else.</summary>
public abstract class BadInputSpec(ServerUnderTest server)
{
    private readonly PusherHttp _http = new(server, TestApp.Plain);

    [Fact]
    public async Task Garbage_instead_of_a_request_is_cut_off()
    {
        var random = new Random(20_260_102);
        for (var i = 0; i < 50; i++)
        {
            await using var socket = await RawWebSocket.DialAsync(server);
            var garbage = new byte[random.Next(1, 3000)];
            random.NextBytes(garbage);
            await socket.SendBytesAsync(garbage);
        }

        // The beginning of TLS and of HTTP/2, where neither is spoken: an end, not a wait.
        byte[][] beginnings =
        [
            [0x16, 0x03, 0x01, 0x02, 0x00, 0x01, 0x00, 0x01, 0xFC, 0x03, 0x03, (byte)'\r', (byte)'\n'],
            [.. "\r\n\r\n\0\0\0\0\n"u8],
            [.. "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"u8],
        ];
        foreach (var beginning in beginnings)
        {
            await using var socket = await RawWebSocket.DialAsync(server);
            await socket.SendBytesAsync(beginning);
            await socket.WaitForEndAsync();
        }

        await ExpectHealthyAsync();
    }

    [Theory]
    [InlineData("GET {0}/live HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n", 400)]
    [InlineData("GET {0}/live HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n", 400)]
    [InlineData("POST {0}/apps/plain/events?{1} HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nnonsense\r\n", 400)]
    [InlineData("POST {0}/apps/plain/events?{1} HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nFFFFFFFFFFFFFFFF\r\n", 400)]
    [InlineData("POST {0}/apps/plain/events HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nnonsense\r\n", 401)]
    [InlineData("GET {0}/live HTTP/1.1\r\nHost: x\r\nBad Header: 1\r\n\r\n", 400)]
    [InlineData("GET {0}/live HTTP/1.1\r\nHost: x\r\nX: a\0b\r\n\r\n", 400)]
    [InlineData("GET {0}/live HTTP/1.1\r\n\r\n", 400)]
    [InlineData("GET {0}/live HTTP/9.9\r\nHost: x\r\n\r\n", 505)]
    [InlineData("G@T {0}/live HTTP/1.1\r\nHost: x\r\n\r\n", 400)]
    [InlineData("get {0}/live HTTP/1.1\r\nHost: x\r\n\r\n", 405)]
    [InlineData("BREW {0}/live HTTP/1.1\r\nHost: x\r\n\r\n", 405)]
    [InlineData("GET {0}/apps/%zz/channels HTTP/1.1\r\nHost: x\r\n\r\n", 404)]
    [InlineData("GET {0}/apps/%ff%fe/channels HTTP/1.1\r\nHost: x\r\n\r\n", 404)]
    [InlineData("GET {0}/apps/a%00b/channels HTTP/1.1\r\nHost: x\r\n\r\n", 400)]
    [InlineData("GET {0}/../../etc/passwd HTTP/1.1\r\nHost: x\r\n\r\n", 404)]
    [InlineData("GET {0}//live HTTP/1.1\r\nHost: x\r\n\r\n", 404)]
    public async Task A_request_that_is_no_HTTP_or_names_nothing_is_refused(string request, int status)
    {
        await using var socket = await RawWebSocket.DialAsync(server);
        request = request.Replace("{0}", server.Prefix, StringComparison.Ordinal).Replace("{1}", _http.Sign("POST", _http.Path("/events"), "x"), StringComparison.Ordinal);
        await socket.SendBytesAsync(Encoding.Latin1.GetBytes(request));
        await socket.ReadResponseAsync();
        Assert.Equal(status, socket.Status);
        Assert.DoesNotContain("Kestrel", socket.Response, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task A_target_beyond_reason_is_refused()
    {
        await using var socket = await RawWebSocket.DialAsync(server);
        await socket.SendBytesAsync(Encoding.ASCII.GetBytes($"GET {server.Prefix}/app/{new string('k', 100_000)} HTTP/1.1\r\nHost: x\r\n\r\n"));
        await socket.ReadResponseAsync();
        Assert.InRange(socket.Status, 400, 499);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(10)]
    public async Task A_body_that_never_comes_holds_nobody_up(int sent)
    {
        const string Body = """{"name":"e","data":"x","channel":"a"}""";
        var path = _http.Path("/events");
        await using var socket = await RawWebSocket.DialAsync(server);
        await socket.SendBytesAsync(Encoding.ASCII.GetBytes(
            $"POST {path}?{_http.Sign("POST", path, Body)} HTTP/1.1\r\nHost: x\r\nContent-Length: {Body.Length}\r\n\r\n{Body[..sent]}"));
        await ExpectHealthyAsync();
        await socket.SendBytesAsync(Encoding.ASCII.GetBytes(Body[sent..]));
        await socket.ReadResponseAsync();
        Assert.Equal(200, socket.Status);
    }

    [Fact]
    public async Task Nesting_beyond_reason_is_refused_everywhere()
    {
        var deep = $"{new string('[', 20_000)}{new string(']', 20_000)}";
        var deepObject = string.Concat(Enumerable.Repeat("{\"a\":", 4_000)) + "1" + new string('}', 4_000);
        (await _http.PostAsync("/events", deep)).ExpectError(400);
        (await _http.PostAsync("/batch_events", $$"""{"batch":{{deep}}}""")).ExpectError(400);
        await using var connection = await PusherConnection.ConnectAsync(server, TestApp.Plain);
        await connection.SendAsync(deep);
        Assert.Equal("Received invalid JSON", await connection.ExpectErrorAsync(null));
        var channel = ServerUnderTest.Unique("presence-");
        await connection.RequestAsync(channel, deepObject);
        await connection.ExpectErrorAsync(null);
        await connection.ExpectSubscriptionErrorAsync(channel, "AuthError", 401);
        await connection.RequestSignInAsync(deepObject);
        await connection.ExpectErrorAsync(null);
        await connection.ExpectNothingAsync();
    }

    [Fact]
    public async Task F10_A_lone_surrogate_is_refused_wherever_it_stands()
    {
        await using var connection = await PusherConnection.ConnectAsync(server, TestApp.Chatty);
        await connection.SendAsync("""{"event":"pusher:subscribe","data":{"channel":"a\ud800"}}""");
        await connection.ExpectErrorAsync(null);
        await connection.ExpectNothingAsync();
        var presence = ServerUnderTest.Unique("presence-");
        await connection.RequestAsync(presence, """{"user_id":"\ud800"}""");
        await connection.ExpectErrorAsync(null);
        await connection.ExpectSubscriptionErrorAsync(presence, "AuthError", 401);
        await connection.RequestSignInAsync("""{"id":"\udc00"}""");
        await connection.ExpectErrorAsync(null);
        await connection.SendAsync("""{"event":"pusher:subscribe","data":{"channel":"private-a","auth":"\ud800:x"}}""");
        await connection.ExpectErrorAsync(null);
        await connection.ExpectSubscriptionErrorAsync("private-a", "AuthError", 401);
        await connection.SendAsync("""{"event":"pusher:signin","data":{"auth":"chatty-Key:x","user_data":"\udfff"}}""");
        await connection.ExpectErrorAsync(null);
        await connection.ExpectNothingAsync();

        foreach (var body in new[]
        {
            """{"name":"\ud800","data":"x","channel":"a"}""", """{"name":"e","data":"x","channel":"\ud800"}""",
            """{"name":"e","data":"x","channels":["a","\udc00"]}""", """{"name":"e","data":{"a":"\ud800"},"channel":"a","socket_id":"\ud800"}""",
        })
        {
            (await _http.PostAsync("/events", body)).ExpectError(400);
        }
    }

    [Fact]
    public async Task F10_Of_duplicate_keys_the_last_one_counts()
    {
        var (a, b) = (ServerUnderTest.Unique("a-"), ServerUnderTest.Unique("b-"));
        await using var connection = await PusherConnection.ConnectAsync(server, TestApp.Plain);
        await connection.SendAsync($$$"""{"event":"pusher:ping","data":{"channel":"x"},"event":"pusher:subscribe","data":{"channel":"{{{a}}}","channel":"{{{b}}}"}}""");
        await connection.ExpectAsync($$"""{"event":"pusher_internal:subscription_succeeded","data":"{}","channel":"{{b}}"}""");
        (await _http.PostAsync("/events", $$"""{"name":"n","data":"1","channel":"{{a}}","channel":"{{b}}","data":"2","name":"m"}""")).Expect(200);
        await connection.ExpectAsync($$"""{"event":"m","data":"2","channel":"{{b}}"}""");
        var roster = await connection.SubscribeAsync(
            ServerUnderTest.Unique("presence-"), """{"user_id":"x","user_info":{"old":1},"user_id":"y","user_info":{"a":1,"a":2}}""");
        Assert.Equal("""["y"]""", roster["presence"]!["ids"]!.ToJsonString());
    }

    [Theory]
    [InlineData("""{"event":"pusher:subscribe","data":{"channel":"a\u0000b"}}""")]
    [InlineData("""{"event":"pusher:subscribe","data":{"channel":"\u202eabc"}}""")]
    [InlineData("""{"event":"pusher:subscribe","data":{"channel":"#server-to-user-\u0001"}}""")]
    public async Task N1_U2_Control_characters_are_in_no_name(string request)
    {
        await using var connection = await PusherConnection.ConnectAsync(server, TestApp.Plain);
        await connection.SendAsync(request);
        await connection.ExpectErrorAsync(null);
        Assert.Equal("pusher:subscription_error", (string?)(await connection.NextAsync())["event"]);
        await connection.ExpectNothingAsync();
    }

    [Fact]
    public async Task Overlong_parameters_are_refused_and_the_connection_stays()
    {
        await using var connection = await PusherConnection.ConnectAsync(server, TestApp.Plain);
        var large = new string('z', 100_000);
        foreach (var data in new[]
        {
            new JsonObject { ["channel"] = large }, new JsonObject { ["channel"] = "private-a", ["auth"] = large },
            new JsonObject { ["channel"] = "private-a", ["auth"] = $"plain-Key:{large}" }, new JsonObject { ["channel"] = "private-a", ["auth"] = $"{large}:x" },
        })
        {
            await connection.SendAsync(new JsonObject { ["event"] = "pusher:subscribe", ["data"] = data }.ToJsonString());
            await connection.ExpectErrorAsync(null);
            Assert.Equal("pusher:subscription_error", (string?)(await connection.NextAsync())["event"]);
        }

        await connection.ExpectNothingAsync();
    }

    [Fact]
    public async Task A_flood_of_errors_is_answered_one_by_one()
    {
        await using var connection = await PusherConnection.ConnectAsync(server, TestApp.Plain);
        var nonsense = RawWebSocket.TextFrame("nonsense");
        await connection.Socket.SendBytesAsync(Enumerable.Repeat(nonsense, 5000).SelectMany(static frame => frame).ToArray());
        for (var i = 0; i < 5000; i++)
            await connection.ExpectErrorAsync(null);
        await connection.ExpectNothingAsync();
    }

    private async Task ExpectHealthyAsync()
    {
        await using var connection = await PusherConnection.ConnectAsync(server, TestApp.Plain);
        await connection.ExpectNothingAsync();
        (await _http.SendRawAsync("GET", server.Prefix + "/up")).Expect(200);
    }
}
