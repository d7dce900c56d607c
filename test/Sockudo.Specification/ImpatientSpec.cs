using System.Text.Json.Nodes;
using Xunit;

namespace Sockudo.Specification;

/// <summary>
/// What takes time or options: a server below a path prefix with deadlines of one second, a small outbound queue, and the
/// choices of section <c>websocket</c> the other way round.
/// </summary>
public abstract class ImpatientSpec(ServerUnderTest server)
{
    /// <summary>The options that this specification needs.</summary>
    public static readonly string[] Options =
    [
        "path_prefix=ws/deep", "activity_timeout=1", "pong_timeout=1", "user_authentication_timeout=1", "websocket.max_pending_bytes=262144",
        "websocket.strict_protocol=true", "websocket.reacknowledge_subscriptions=true", "websocket.subscription_error_event=false",
        "websocket.quota_close_code=4100", "websocket.max_subscriptions_per_connection=2", "rate_limiter.api_rate_limit.trust_hops=1",
        "rate_limiter.websocket_rate_limit.trust_hops=1", "cors.origin=https://a.example,https://*.b.example", "http_api.usage_enabled=false",
        "channel_limits.cache_ttl=2",
    ];

    [Fact]
    public async Task C2_A3_Everything_moves_below_the_path_prefix()
    {
        Assert.Equal("/ws/deep", server.Prefix);
        var http = new PusherHttp(server, TestApp.Plain);
        (await http.SendRawAsync("GET", "/up")).ExpectError(404);
        (await http.GetAsync("/channels")).Expect(200);
        // Behind a proxy that adds the prefix, clients sign without it.
        var path = $"/apps/{TestApp.Plain.Id}/channels";
        (await http.SendRawAsync("GET", $"{server.Prefix}{path}?{http.Sign("GET", path, "")}")).Expect(200);
    }

    [Fact]
    public async Task H4_H5_H7_A_silent_client_is_probed_with_frame_and_event_and_then_closed_with_4201()
    {
        await using var connection = await PusherConnection.ConnectAsync(server, TestApp.Plain);
        Assert.Equal(ServerFrame.PingOpcode, (await connection.Socket.NextFrameAsync()).Opcode);
        Assert.Equal("""{"event":"pusher:ping","data":"{}"}""", (await connection.Socket.NextFrameAsync()).Text);
        await connection.ExpectErrorAndCloseAsync(4201);
    }

    [Theory]
    [InlineData(0x8A, "")]
    [InlineData(0x89, "ping")]
    [InlineData(0x81, """{"event":"pusher:pong","data":{}}""")]
    public async Task H3_H8_Any_frame_in_answer_to_the_probe_keeps_the_connection(int firstByte, string payload)
    {
        await using var connection = await PusherConnection.ConnectAsync(server, TestApp.Plain);
        for (var probes = 0; probes < 3;)
        {
            var frame = await connection.Socket.NextFrameAsync();
            Assert.NotEqual(ServerFrame.CloseOpcode, frame.Opcode);
            if (frame.Opcode != ServerFrame.PingOpcode)
                continue;
            probes++;
            await connection.Socket.SendFrameAsync((byte)firstByte, payload);
        }
    }

    [Fact]
    public async Task C14_The_activity_timeout_is_announced()
    {
        await using var socket = await RawWebSocket.OpenAsync(server, server.WebSocketPath(TestApp.Plain));
        Assert.Contains("\\\"activity_timeout\\\":1}", (await socket.NextFrameAsync()).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task C3_A_missing_protocol_is_4008()
    {
        await using var socket = await RawWebSocket.OpenAsync(server, server.WebSocketPath(TestApp.Plain, ""));
        Assert.Contains("\"code\":4008", (await socket.NextFrameAsync()).Text, StringComparison.Ordinal);
        Assert.Equal(4008, (await socket.NextFrameAsync()).CloseCode);
    }

    [Fact]
    public async Task Section_1_2_The_quota_can_be_told_with_4100()
    {
        await using var first = await PusherConnection.ConnectAsync(server, TestApp.Quota);
        await using var second = await PusherConnection.ConnectAsync(server, TestApp.Quota);
        await using var third = await RawWebSocket.OpenAsync(server, server.WebSocketPath(TestApp.Quota));
        Assert.Contains("\"code\":4100", (await third.NextFrameAsync()).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Section_1_2_A_trusted_proxy_vouches_for_TLS()
    {
        await using var connection = await PusherConnection.ConnectAsync(server, TestApp.Tls, "X-Forwarded-Proto: https", "X-Forwarded-For: 1.2.3.4");
        await connection.ExpectNothingAsync();
    }

    [Fact]
    public async Task S5_Subscriptions_can_be_acknowledged_again()
    {
        await using var connection = await PusherConnection.ConnectAsync(server, TestApp.Plain);
        await connection.SubscribeAsync("again");
        await connection.SubscribeAsync("again");
        var roster = await connection.JoinAsync("presence-again", "ann");
        Assert.Equal(roster.ToJsonString(), (await connection.JoinAsync("presence-again", "ann")).ToJsonString());
        var info = await new PusherHttp(server, TestApp.Plain).GetAsync("/channels/presence-again", ("info", "subscription_count"));
        Assert.Equal(1, (int?)info.Json["subscription_count"]);
    }

    [Fact]
    public async Task S7_S20_Subscriptions_can_be_limited_and_the_extra_event_switched_off()
    {
        await using var connection = await PusherConnection.ConnectAsync(server, TestApp.Plain);
        await connection.SubscribeAsync("one");
        await connection.SubscribeAsync("two");
        await connection.RequestAsync("three");
        await connection.ExpectErrorAsync(4100);
        await connection.UnsubscribeAsync("one");
        await connection.SubscribeAsync("three");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task U18_Connections_must_authorise_in_time(bool authorises)
    {
        await using var connection = await PusherConnection.ConnectAsync(server, TestApp.Guarded);
        await connection.SubscribeAsync("public");
        if (authorises)
            await connection.SubscribeAsync("private-a");
        while (true)
        {
            var frame = await connection.Socket.NextFrameAsync();
            if (frame.Opcode == ServerFrame.PingOpcode)
            {
                await connection.Socket.SendFrameAsync(0x8A, "");
                if (authorises)
                    return;
            }
            else if (frame.Opcode == ServerFrame.CloseOpcode)
            {
                Assert.False(authorises);
                Assert.Equal(4009, frame.CloseCode);
                return;
            }
        }
    }

    [Fact]
    public async Task U18_A_sign_in_authorises_too()
    {
        await using var connection = await PusherConnection.ConnectAsync(server, TestApp.Guarded);
        await connection.SignInAsync("""{"id":"ann"}""");
        for (var probes = 0; probes < 2;)
        {
            var frame = await connection.Socket.NextFrameAsync();
            Assert.NotEqual(ServerFrame.CloseOpcode, frame.Opcode);
            if (frame.Opcode != ServerFrame.PingOpcode)
                continue;
            probes++;
            await connection.Socket.SendFrameAsync(0x8A, "");
        }
    }

    [Fact]
    public async Task Slow_A_client_that_does_not_read_is_cut_off_and_the_others_are_unharmed()
    {
        var channel = ServerUnderTest.Unique("slow-");
        var http = new PusherHttp(server, TestApp.Plain);
        await using var slow = await PusherConnection.ConnectAsync(server, TestApp.Plain);
        await using var quick = await PusherConnection.ConnectAsync(server, TestApp.Plain);
        await slow.SubscribeAsync(channel);
        await quick.SubscribeAsync(channel);
        var data = new string('x', 100_000);
        for (var i = 0; i < 200; i++)
        {
            await http.PublishAsync(channel, "e", data);
            Assert.Equal(data, (string?)(await NextEventAsync(quick))["data"]);
        }

        var info = await http.GetAsync($"/channels/{channel}", ("info", "subscription_count"));
        Assert.Equal(1, (int?)info.Json["subscription_count"]);
    }

    [Fact]
    public async Task Slow_A_client_that_floods_without_reading_is_cut_off()
    {
        await using var connection = await PusherConnection.ConnectAsync(server, TestApp.Plain);
        var flood = Enumerable.Repeat(RawWebSocket.TextFrame("""{"event":"pusher:subscribe","data":{"channel":"private-x"}}"""), 1000).SelectMany(static frame => frame).ToArray();
        await Assert.ThrowsAsync<IOException>(async () =>
        {
            for (var i = 0; i < 2000; i++)
                await connection.Socket.SendBytesAsync(flood);
        });
        await using var other = await PusherConnection.ConnectAsync(server, TestApp.Plain);
        await other.ExpectNothingAsync();
    }

    [Fact]
    public async Task CORS_A_listed_origin_is_echoed_with_credentials_and_others_get_nothing()
    {
        var http = new PusherHttp(server, TestApp.Plain);
        foreach (var origin in new[] { "https://a.example", "https://x.b.example" })
        {
            var answer = await http.SendRawAsync("GET", server.Prefix + "/up", "", $"Origin: {origin}");
            Assert.Equal(origin, answer.Headers["access-control-allow-origin"]);
            Assert.Equal("true", answer.Headers["access-control-allow-credentials"]);
            Assert.Equal("Origin", answer.Headers["vary"]);
        }

        var other = await http.SendRawAsync("GET", server.Prefix + "/up", "", "Origin: https://evil.example");
        Assert.False(other.Headers.ContainsKey("access-control-allow-origin"));
        Assert.Equal("Origin", other.Headers["vary"]);
    }

    [Fact]
    public async Task Operations_1_3_Usage_can_be_switched_off() =>
        (await new PusherHttp(server, TestApp.Plain).SendRawAsync("GET", server.Prefix + "/usage")).ExpectError(404);

    [Fact]
    public async Task Half_a_handshake_is_not_held_open_for_ever()
    {
        await using var socket = await RawWebSocket.DialAsync(server);
        await socket.SendBytesAsync(System.Text.Encoding.ASCII.GetBytes($"GET {server.WebSocketPath(TestApp.Plain)} HTTP/1.1\r\nHost: x\r\n"));
        await socket.WaitForEndAsync();
    }

    [Fact]
    public async Task Bytes_that_trickle_in_are_no_handshake_in_time()
    {
        await using var socket = await RawWebSocket.DialAsync(server);
        await socket.SendBytesAsync(System.Text.Encoding.ASCII.GetBytes($"GET {server.WebSocketPath(TestApp.Plain)} HTTP/1.1\r\nHost: x\r\nX: "));
        using var over = new CancellationTokenSource();
        var trickling = TrickleAsync();
        await socket.WaitForEndAsync();
        await over.CancelAsync();
        await trickling;

        async Task TrickleAsync()
        {
            try
            {
                while (true)
                {
                    await socket.SendBytesAsync("a"u8.ToArray());
                    await Task.Delay(TimeSpan.FromMilliseconds(200), over.Token);
                }
            }
            catch (Exception exception) when (exception is IOException or OperationCanceledException)
            {
                // The server has hung up, which is what the test waits for.
            }
        }
    }

    [Theory]
    [InlineData(new byte[] { 0x81, 0xFE, 0x10, 0x00, 1, 2, 3, 4, 5 })]
    [InlineData(new byte[] { 0x01, 0x81, 1, 2, 3, 4, 5 })]
    public async Task H4_Half_a_frame_and_silence_is_no_life(byte[] half)
    {
        await using var connection = await PusherConnection.ConnectAsync(server, TestApp.Plain);
        await connection.Socket.SendBytesAsync(half);
        Assert.Equal(ServerFrame.PingOpcode, (await connection.Socket.NextFrameAsync()).Opcode);
        await connection.Socket.NextFrameAsync();
        await connection.ExpectErrorAsync(4201);
        // It answers no close either.
        Assert.Equal(4201, (await connection.Socket.NextFrameAsync()).CloseCode);
        await connection.Socket.WaitForEndAsync();
    }

    [Fact]
    public async Task A_close_that_is_answered_with_anything_but_a_close_ends_in_time()
    {
        await using var connection = await PusherConnection.ConnectAsync(server, TestApp.Plain);
        await connection.Socket.SendBytesAsync(new byte[] { 0xFF, 0x80, 0, 0, 0, 0 }); // against RFC 6455 section 5.2
        Assert.Equal(1002, (await connection.Socket.NextFrameAsync()).CloseCode);
        using var over = new CancellationTokenSource();
        var talking = TalkAsync();
        await connection.Socket.WaitForEndAsync();
        await over.CancelAsync();
        await talking;

        async Task TalkAsync()
        {
            try
            {
                while (true)
                {
                    await connection.Socket.SendTextAsync("""{"event":"pusher:ping","data":{}}""");
                    await Task.Delay(TimeSpan.FromMilliseconds(100), over.Token);
                }
            }
            catch (Exception exception) when (exception is IOException or OperationCanceledException)
            {
                // As above.
            }
        }
    }

    [Fact]
    public async Task H7_Receiving_events_is_no_sign_of_life()
    {
        var channel = ServerUnderTest.Unique("listening-");
        var http = new PusherHttp(server, TestApp.Plain);
        await using var connection = await PusherConnection.ConnectAsync(server, TestApp.Plain);
        await connection.SubscribeAsync(channel);
        var probed = false;
        while (true)
        {
            await http.PublishAsync(channel, "e", "x");
            ServerFrame frame;
            do
            {
                frame = await connection.Socket.NextFrameAsync();
                probed |= frame.Opcode == ServerFrame.PingOpcode;
            }
            while (!frame.Text.StartsWith("""{"event":"e",""", StringComparison.Ordinal) && !frame.Text.Contains("\"code\":4201", StringComparison.Ordinal));

            if (!frame.Text.Contains("\"code\":4201", StringComparison.Ordinal))
                continue;
            Assert.True(probed);
            await connection.ExpectCloseAsync(4201);
            return;
        }
    }

    [Fact]
    public async Task H3_A_client_that_speaks_often_enough_is_never_probed()
    {
        await using var connection = await PusherConnection.ConnectAsync(server, TestApp.Plain);
        var longestSilence = TimeSpan.Zero;
        var wasProbed = false;
        for (var i = 0; i < 20; i++)
        {
            var started = TimeProvider.System.GetTimestamp();
            await connection.Socket.SendFrameAsync(0x89, "alive");
            while ((await connection.Socket.NextFrameAsync()).Opcode != ServerFrame.PongOpcode)
                wasProbed = true;
            await Task.Delay(100, TestContext.Current.CancellationToken);
            var silence = TimeProvider.System.GetElapsedTime(started);
            longestSilence = silence > longestSilence ? silence : longestSilence;
        }

        // A machine that was itself silent for so long proves nothing.
        Assert.False(wasProbed && longestSilence < TimeSpan.FromSeconds(0.8));
    }

    [Fact]
    public async Task C6b_The_origin_is_checked_before_the_quota()
    {
        string[] trusted = ["X-Forwarded-Proto: https", "X-Forwarded-For: 1.2.3.4"];
        await using var only = await PusherConnection.ConnectAsync(server, TestApp.Fortress, [.. trusted, "Origin: https://example.com"]);
        var target = server.WebSocketPath(TestApp.Fortress);
        await using var foreign = await RawWebSocket.OpenAsync(server, target, [.. trusted, "Origin: https://evil.example"]);
        Assert.Contains("\"code\":4009", (await foreign.NextFrameAsync()).Text, StringComparison.Ordinal);
        await using var second = await RawWebSocket.OpenAsync(server, target, [.. trusted, "Origin: https://example.com"]);
        Assert.Contains("\"code\":4100", (await second.NextFrameAsync()).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task U18_Connections_do_not_count_against_the_quota_before_they_have_authorised()
    {
        await using var first = await PusherConnection.ConnectAsync(server, TestApp.Gated);
        await using var second = await PusherConnection.ConnectAsync(server, TestApp.Gated);
        await using var third = await PusherConnection.ConnectAsync(server, TestApp.Gated);
        await second.SignInAsync("""{"id":"ann"}""");
        await second.SubscribeAsync("private-a");
        await third.SubscribeAsync("public");
    }

    [Fact]
    public async Task K2_A_cached_event_expires_from_the_time_of_its_publish()
    {
        var channel = ServerUnderTest.Unique("cache-");
        var http = new PusherHttp(server, TestApp.Plain);
        await http.PublishAsync(channel, "e", "x");
        JsonNode? cached;
        do
        {
            cached = (await http.GetAsync($"/channels/{channel}", ("info", "cache"))).Expect(200).Json["cache"];
            Assert.InRange((int?)cached?["ttl"] ?? 1, 1, 2);
        }
        while (cached is not null);

        await using var connection = await PusherConnection.ConnectAsync(server, TestApp.Plain);
        await connection.SubscribeAsync(channel);
        await connection.ExpectAsync($$"""{"event":"pusher:cache_miss","data":"{}","channel":"{{channel}}"}""");
    }

    private static async Task<JsonNode> NextEventAsync(PusherConnection connection)
    {
        while (true)
        {
            var message = await connection.NextAsync();
            if ((string?)message["event"] == "e")
                return message;
        }
    }
}
