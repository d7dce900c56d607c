using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Xunit;

namespace Sockudo.Specification;

/// <summary>Section 1 of the protocol: connecting, refusals, the first message.</summary>
public abstract partial class ConnectionSpec(ServerUnderTest server)
{
    [Fact]
    public async Task C11_C12_C14_The_first_message_announces_socket_id_and_activity_timeout()
    {
        await using var socket = await RawWebSocket.OpenAsync(server, server.WebSocketPath(TestApp.Plain));
        var frame = await socket.NextFrameAsync();
        Assert.Matches(EstablishedPattern(), frame.Text);
    }

    [Fact]
    public async Task C13_Socket_ids_have_the_form_that_SDKs_check_and_differ()
    {
        var ids = new HashSet<string>();
        for (var i = 0; i < 20; i++)
        {
            await using var connection = await PusherConnection.ConnectAsync(server, TestApp.Plain);
            Assert.Matches(SocketIdPattern(), connection.SocketId);
            Assert.True(ids.Add(connection.SocketId));
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("protocol=4")]
    [InlineData("protocol=5")]
    [InlineData("protocol=6&version=nonsense")]
    [InlineData("flash=false&version=8.6.0&unknown=%zz&client=js&protocol=7")]
    public async Task C1_C3_C5_Protocols_4_to_7_or_none_in_any_order_of_parameters(string query)
    {
        await using var socket = await RawWebSocket.OpenAsync(server, server.WebSocketPath(TestApp.Plain, query));
        Assert.Equal(101, socket.Status);
        Assert.Contains("pusher:connection_established", (await socket.NextFrameAsync()).Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("protocol=3")]
    [InlineData("protocol=8")]
    [InlineData("protocol=-7")]
    [InlineData("protocol=7.0")]
    [InlineData("protocol=seven")]
    [InlineData("protocol=")]
    public Task C3_Other_protocols_are_refused_with_4007(string query) => ExpectRefusalAsync(server.WebSocketPath(TestApp.Plain, query), 4007);

    [Fact]
    public async Task C6_C4_An_unknown_key_gets_101_then_the_error_then_a_close_with_the_same_code()
    {
        await using var socket = await RawWebSocket.OpenAsync(server, $"{server.Prefix}/app/nope?protocol=7");
        Assert.Equal(101, socket.Status);
        Assert.Equal(
            """{"event":"pusher:error","data":{"code":4001,"message":"App key nope not in this cluster. Did you forget to specify the cluster?"}}""",
            (await socket.NextFrameAsync()).Text);
        var close = await socket.NextFrameAsync();
        Assert.Equal(ServerFrame.CloseOpcode, close.Opcode);
        Assert.Equal(4001, close.CloseCode);
    }

    [Fact]
    public async Task C8_A_long_key_is_not_echoed_in_full_and_the_reason_fits_a_control_frame()
    {
        await using var socket = await RawWebSocket.OpenAsync(server, $"{server.Prefix}/app/{new string('k', 4000)}");
        Assert.True((await socket.NextFrameAsync()).Payload.Length < 500);
        Assert.True((await socket.NextFrameAsync()).Payload.Length <= 125);
    }

    [Fact]
    public Task Section_1_2_A_disabled_app_is_refused_with_4003() => ExpectRefusalAsync(server.WebSocketPath(TestApp.Disabled), 4003);

    [Fact]
    public Task Section_1_2_An_app_that_requires_TLS_is_refused_with_4000() => ExpectRefusalAsync(server.WebSocketPath(TestApp.Tls), 4000);

    [Fact]
    public Task Section_1_2_Forwarded_proto_is_not_believed_without_trusted_proxies() =>
        ExpectRefusalAsync(server.WebSocketPath(TestApp.Tls), 4000, "X-Forwarded-Proto: https");

    [Theory]
    [InlineData("https://example.com")]
    [InlineData("HTTPS://EXAMPLE.COM:443")]
    [InlineData("http://a.b.example.org:8080")]
    [InlineData(null)]
    public async Task Section_1_2_Allowed_origins_and_none_are_welcome(string? origin)
    {
        string[] headers = origin is null ? [] : [$"Origin: {origin}"];
        await using var connection = await PusherConnection.ConnectAsync(server, TestApp.Origins, headers);
        await connection.ExpectNothingAsync();
    }

    [Theory]
    [InlineData("http://example.com")]
    [InlineData("https://example.com:444")]
    [InlineData("https://example.org")]
    [InlineData("https://evil-example.org")]
    [InlineData("null")]
    public Task Section_1_2_Other_origins_are_refused_with_4009(string origin) =>
        ExpectRefusalAsync(server.WebSocketPath(TestApp.Origins), 4009, $"Origin: {origin}");

    [Fact]
    public async Task Section_1_2_The_quota_is_exact_under_concurrent_connects()
    {
        var sockets = await Task.WhenAll(Enumerable.Range(0, 12).Select(_ => RawWebSocket.OpenAsync(server, server.WebSocketPath(TestApp.Quota))));
        var admitted = new List<RawWebSocket>();
        foreach (var socket in sockets)
        {
            var text = (await socket.NextFrameAsync()).Text;
            if (text.Contains("connection_established", StringComparison.Ordinal))
                admitted.Add(socket);
            else
                Assert.Contains("\"code\":4004", text, StringComparison.Ordinal);
        }

        Assert.Equal(2, admitted.Count);
        foreach (var socket in sockets)
            await socket.DisposeAsync();
    }

    [Fact]
    public async Task C2b_The_Pusher_sub_protocol_is_selected_only_when_it_is_offered()
    {
        var target = server.WebSocketPath(TestApp.Plain);
        await using var with = await RawWebSocket.OpenAsync(server, target, "Sec-WebSocket-Protocol: x, pusher-channels-protocol-7");
        Assert.Contains("\r\nSec-WebSocket-Protocol: pusher-channels-protocol-7\r\n", with.Response, StringComparison.Ordinal);
        await using var other = await RawWebSocket.OpenAsync(server, target, "Sec-WebSocket-Protocol: something-else");
        Assert.Equal(101, other.Status);
        Assert.DoesNotContain("Sec-WebSocket-Protocol", other.Response, StringComparison.Ordinal);
        await using var without = await RawWebSocket.OpenAsync(server, target);
        Assert.DoesNotContain("Sec-WebSocket-Protocol", without.Response, StringComparison.Ordinal);
    }

    [Fact]
    public async Task C2c_An_offer_of_compression_is_declined_silently()
    {
        await using var socket = await RawWebSocket.OpenAsync(
            server, server.WebSocketPath(TestApp.Plain), "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits");
        Assert.Equal(101, socket.Status);
        Assert.DoesNotContain("Extensions", socket.Response, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task Handshake_The_accept_header_is_that_of_RFC_6455_section_1_3()
    {
        await using var socket = await RawWebSocket.OpenAsync(server, server.WebSocketPath(TestApp.Plain));
        Assert.StartsWith("HTTP/1.1 101 Switching Protocols\r\n", socket.Response, StringComparison.Ordinal);
        Assert.Contains("\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n", socket.Response, StringComparison.Ordinal);
        Assert.DoesNotContain("\r\nServer:", socket.Response, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task Handshake_Connection_header_with_keep_alive_is_fine()
    {
        await using var socket = await RawWebSocket.DialAsync(server);
        var request = RawWebSocket.UpgradeRequest(server, server.WebSocketPath(TestApp.Plain))
            .Replace("Connection: Upgrade", "Connection: keep-alive, Upgrade", StringComparison.Ordinal);
        await socket.SendBytesAsync(System.Text.Encoding.ASCII.GetBytes(request));
        await socket.ReadResponseAsync();
        Assert.Equal(101, socket.Status);
    }

    [Theory]
    [InlineData("Sec-WebSocket-Version: 13", "Sec-WebSocket-Version: 8")]
    [InlineData("Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==", "Sec-WebSocket-Key: short")]
    [InlineData("Upgrade: websocket\r\n", "")]
    [InlineData("Connection: Upgrade\r\n", "")]
    public async Task C2c_C2d_A_request_that_is_no_valid_upgrade_gets_a_4xx(string part, string replacement)
    {
        await using var socket = await RawWebSocket.DialAsync(server);
        var request = RawWebSocket.UpgradeRequest(server, server.WebSocketPath(TestApp.Plain)).Replace(part, replacement, StringComparison.Ordinal);
        await socket.SendBytesAsync(System.Text.Encoding.ASCII.GetBytes(request));
        await socket.ReadResponseAsync();
        Assert.InRange(socket.Status, 400, 499);
    }

    [Fact]
    public async Task C15_Messages_sent_together_with_the_handshake_are_handled_after_the_first_message()
    {
        await using var socket = await RawWebSocket.DialAsync(server);
        var channel = ServerUnderTest.Unique("early-");
        byte[] all =
        [
            .. System.Text.Encoding.ASCII.GetBytes(RawWebSocket.UpgradeRequest(server, server.WebSocketPath(TestApp.Plain))),
            .. RawWebSocket.TextFrame($$$"""{"event":"pusher:subscribe","data":{"channel":"{{{channel}}}"}}"""),
            .. RawWebSocket.TextFrame("""{"event":"pusher:ping"}"""),
        ];
        await socket.SendBytesAsync(all);
        await socket.ReadResponseAsync();
        Assert.Contains("connection_established", (await socket.NextFrameAsync()).Text, StringComparison.Ordinal);
        Assert.Contains(channel, (await socket.NextFrameAsync()).Text, StringComparison.Ordinal);
        Assert.Contains("pusher:pong", (await socket.NextFrameAsync()).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task C2e_The_fallback_transports_are_a_clean_404()
    {
        var http = new PusherHttp(server, TestApp.Plain);
        foreach (var path in new[] { "/pusher/app/x/1/2/xhr_streaming", "/sockjs/info", "/timeline/v2/jsonp/1", "/app/a/b" })
            (await http.SendRawAsync("GET", server.Prefix + path)).ExpectError(404);
    }

    [Fact]
    public async Task C4_Every_protocol_version_sees_the_same_messages()
    {
        foreach (var version in new[] { 4, 5, 6, 7 })
        {
            await using var socket = await RawWebSocket.OpenAsync(server, server.WebSocketPath(TestApp.Plain, $"protocol={version}"));
            await socket.NextFrameAsync();
            await socket.SendTextAsync("nonsense");
            Assert.Equal("""{"event":"pusher:error","data":{"code":null,"message":"Received invalid JSON"}}""", (await socket.NextFrameAsync()).Text);
        }
    }

    [Fact]
    public async Task C6b_The_protocol_is_checked_before_the_key_the_app_and_TLS_before_the_origin()
    {
        await ExpectRefusalAsync($"{server.Prefix}/app/nope?protocol=3", 4007);
        await ExpectRefusalAsync(server.WebSocketPath(TestApp.Disabled, "protocol=3"), 4007);
        await ExpectRefusalAsync(server.WebSocketPath(TestApp.Fortress), 4000, "Origin: https://evil.example");
    }

    [Fact]
    public async Task C1_C3_Of_a_repeated_parameter_one_counts_and_encoded_ones_are_decoded()
    {
        await using var encoded = await RawWebSocket.OpenAsync(server, server.WebSocketPath(TestApp.Plain, "%70rotocol=%37"));
        Assert.Contains("connection_established", (await encoded.NextFrameAsync()).Text, StringComparison.Ordinal);
    }

    private async Task ExpectRefusalAsync(string target, int code, params string[] headers)
    {
        await using var socket = await RawWebSocket.OpenAsync(server, target, headers);
        Assert.Equal(101, socket.Status);
        var message = JsonNode.Parse((await socket.NextFrameAsync()).Text)!;
        Assert.Equal("pusher:error", (string?)message["event"]);
        Assert.Equal(code, (int?)message["data"]!["code"]);
        Assert.Equal(code, (await socket.NextFrameAsync()).CloseCode);
        await socket.SendCloseAsync((ushort)code);
        await socket.WaitForEndAsync();
    }

    [GeneratedRegex("""^\{"event":"pusher:connection_established","data":"\{\\"socket_id\\":\\"\d{1,10}\.\d{1,10}\\",\\"activity_timeout\\":\d+\}"\}$""")]
    private static partial Regex EstablishedPattern();

    [GeneratedRegex(@"^\d+\.\d+$")]
    private static partial Regex SocketIdPattern();
}
