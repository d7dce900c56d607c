using System.Text;
using System.Text.Json.Nodes;
using Xunit;

namespace Sockudo.Specification;

/// <summary>
/// RFC 6455 section 4, the opening handshake, and what proxies make of it. A clean upgrade is taken before the HTTP layer
/// sees it, any other goes through it: both must behave the same.
/// </summary>
public abstract class HandshakeSpec(ServerUnderTest server)
{
    private string Target => server.WebSocketPath(TestApp.Plain);

    private string Request => RawWebSocket.UpgradeRequest(server, Target);

    [Fact]
    public async Task Byte_by_byte_delivery_makes_no_difference()
    {
        await using var socket = await RawWebSocket.DialAsync(server);
        foreach (var one in Encoding.ASCII.GetBytes(Request))
            await socket.SendBytesAsync(new[] { one });
        await ExpectOpenAsync(socket);
    }

    [Theory]
    [InlineData("Upgrade: websocket", "uPGRADE:WebSocket")]
    [InlineData("Connection: Upgrade", "connection:  keep-alive ,  UPGRADE ")]
    [InlineData("Connection: Upgrade", "Connection: keep-alive\r\nConnection: Upgrade")]
    [InlineData("Upgrade: websocket", "Upgrade: h2c, websocket")]
    [InlineData("Sec-WebSocket-Version: 13", "sec-websocket-version:13")]
    [InlineData("Upgrade: websocket", "Upgrade: websocket\r\nX-Empty:\r\nCookie: a=1; b=\"2\"\r\nContent-Length: 0")]
    [InlineData(" HTTP/1.1\r\n", "&x=%zz&y=%00&auth_key=../.. HTTP/1.1\r\n")]
    public Task Section_4_2_1_Spelling_and_further_headers_do_not_matter(string part, string replacement) =>
        ExpectOpenAsync(Request.Replace(part, replacement, StringComparison.Ordinal));

    // Cases 12 and 13 of the public conformance suite need the extension, which is not offered.
    [Theory]
    [InlineData("Sec-WebSocket-Extensions: permessage-deflate")]
    [InlineData("Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits")]
    [InlineData("Sec-WebSocket-Extensions: permessage-deflate; server_no_context_takeover; client_no_context_takeover; server_max_window_bits=15")]
    [InlineData("Sec-WebSocket-Extensions: permessage-deflate; server_max_window_bits=\"10\", permessage-deflate")]
    [InlineData("Sec-WebSocket-Extensions: permessage-deflate\r\nSec-WebSocket-Extensions: x-webkit-deflate-frame")]
    [InlineData("Sec-WebSocket-Extensions: permessage-deflate; server_max_window_bits=99; nobody=knows")]
    [InlineData("Sec-WebSocket-Extensions: ;;,=")]
    [InlineData("Sec-WebSocket-Extensions:")]
    public async Task Section_9_1_C2c_No_offer_of_an_extension_is_accepted_and_none_is_in_the_way(string offer)
    {
        await using var socket = await RawWebSocket.OpenAsync(server, Target, offer);
        await ExpectOpenedAsync(socket);
        Assert.DoesNotContain("Extensions", socket.Response, StringComparison.OrdinalIgnoreCase);
        // RSV1, with the text "Hello" as RFC 7692 section 7.2.3.1 compresses it.
        await socket.SendBytesAsync(RawWebSocket.Frame(0xC1, [0xF2, 0x48, 0xCD, 0xC9, 0xC9, 0x07, 0x00]));
        Assert.Equal(1002, (await socket.NextFrameAsync()).CloseCode);
    }

    [Theory]
    [InlineData("Sec-WebSocket-Version: 13", "Sec-WebSocket-Version: 12", 426)]
    [InlineData("Sec-WebSocket-Version: 13\r\n", "", 426)]
    [InlineData("Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n", "", 426)]
    [InlineData("Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==", "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25j", 426)]
    [InlineData("Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==", "Sec-WebSocket-Key: !!!!IHNhbXBsZSBub25jZQ==", 426)]
    [InlineData("Upgrade: websocket", "Upgrade: h2c", 426)]
    [InlineData("GET ", "POST ", 405)]
    [InlineData("HTTP/1.1\r\nHost", "HTTP/1.0\r\nHost", 426)]
    [InlineData("Host: ", "X-Host: ", 400)]
    public async Task Section_4_2_2_C2d_A_handshake_that_is_not_valid_is_refused(string part, string replacement, int status)
    {
        await using var socket = await RawWebSocket.DialAsync(server);
        await socket.SendBytesAsync(Encoding.ASCII.GetBytes(Request.Replace(part, replacement, StringComparison.Ordinal)));
        await socket.ReadResponseAsync();
        Assert.Equal(status, socket.Status);
        // Section 4.4: the server says which version it wants.
        if (status == 426)
            Assert.Contains("\r\nSec-WebSocket-Version: 13\r\n", socket.Response, StringComparison.OrdinalIgnoreCase);
    }

    [Theory]
    [InlineData("/app/")]
    [InlineData("/app")]
    [InlineData("/app/plain-Key/more")]
    [InlineData("/App/plain-Key")]
    [InlineData("/nothing")]
    public async Task Section_1_2_An_upgrade_of_an_unknown_path_is_404(string path)
    {
        await using var socket = await RawWebSocket.OpenAsync(server, server.Prefix + path);
        Assert.Equal(404, socket.Status);
    }

    [Fact]
    public async Task An_upgrade_of_a_path_that_is_no_WebSocket_is_an_ordinary_request()
    {
        await using var socket = await RawWebSocket.OpenAsync(server, server.Prefix + "/live");
        Assert.Equal(200, socket.Status);
    }

    [Fact]
    public Task Large_cookies_are_fine() =>
        ExpectOpenAsync(RawWebSocket.UpgradeRequest(server, Target, $"Cookie: a={new string('x', 7_000)}", $"X-B: {new string('x', 7_000)}", $"X-C: {new string('x', 7_000)}"));

    [Fact]
    public async Task Operations_2_4_A_connection_that_has_served_a_request_can_become_a_WebSocket()
    {
        await using var socket = await RawWebSocket.DialAsync(server);
        await socket.SendBytesAsync(Encoding.ASCII.GetBytes($"GET {server.Prefix}/live HTTP/1.1\r\nHost: x\r\n\r\n"));
        await socket.ReadResponseAsync();
        Assert.Equal("OK"u8.ToArray(), await socket.ReadBytesAsync(2));
        var channel = ServerUnderTest.Unique("reused-");
        string[] offers = ["Sec-WebSocket-Protocol: pusher-channels-protocol-7", "Sec-WebSocket-Extensions: permessage-deflate"];
        byte[] all =
        [
            .. Encoding.ASCII.GetBytes(RawWebSocket.UpgradeRequest(server, Target, offers)),
            .. RawWebSocket.TextFrame($$$"""{"event":"pusher:subscribe","data":{"channel":"{{{channel}}}"}}"""),
        ];
        await socket.SendBytesAsync(all);
        await ExpectOpenAsync(socket);
        Assert.Contains("\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n", socket.Response, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("\r\nSec-WebSocket-Protocol: pusher-channels-protocol-7\r\n", socket.Response, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("Extensions", socket.Response, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("\r\nServer:", socket.Response, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("subscription_succeeded", (await socket.NextFrameAsync()).Text, StringComparison.Ordinal);

        var data = new string('é', 40_000);
        await new PusherHttp(server, TestApp.Plain).PublishAsync(channel, "e", data);
        Assert.Equal(data, (string?)JsonNode.Parse((await socket.NextFrameAsync()).Text)!["data"]);
        await socket.SendCloseAsync(1000);
        Assert.Equal(1000, (await socket.NextFrameAsync()).CloseCode);
        await socket.WaitForEndAsync();
    }

    [Fact]
    public async Task C6_A_refusal_on_a_reused_connection_has_the_same_form()
    {
        await using var socket = await RawWebSocket.DialAsync(server);
        await socket.SendBytesAsync(Encoding.ASCII.GetBytes($"GET {server.Prefix}/live HTTP/1.1\r\nHost: x\r\n\r\n"));
        await socket.ReadResponseAsync();
        await socket.ReadBytesAsync(2);
        await socket.SendBytesAsync(Encoding.ASCII.GetBytes(RawWebSocket.UpgradeRequest(server, server.Prefix + "/app/nope")));
        await socket.ReadResponseAsync();
        Assert.Equal(101, socket.Status);
        Assert.Contains("\"code\":4001", (await socket.NextFrameAsync()).Text, StringComparison.Ordinal);
        Assert.Equal(4001, (await socket.NextFrameAsync()).CloseCode);
        await socket.SendCloseAsync(4001);
        await socket.WaitForEndAsync();
    }

    [Fact]
    public async Task Many_half_handshakes_hold_nobody_up()
    {
        var half = Encoding.ASCII.GetBytes(Request[..^30]);
        var open = new List<RawWebSocket>();
        for (var i = 0; i < 300; i++)
        {
            open.Add(await RawWebSocket.DialAsync(server));
            await open[^1].SendBytesAsync(half.AsMemory(0, i % half.Length));
        }

        await ExpectOpenAsync(Request);
        await open[0].SendBytesAsync(Encoding.ASCII.GetBytes(Request));
        await ExpectOpenAsync(open[0]);
        foreach (var socket in open)
            await socket.DisposeAsync();
    }

    private async Task ExpectOpenAsync(string request)
    {
        await using var socket = await RawWebSocket.DialAsync(server);
        await socket.SendBytesAsync(Encoding.ASCII.GetBytes(request));
        await ExpectOpenAsync(socket);
    }

    private static async Task ExpectOpenAsync(RawWebSocket socket)
    {
        await socket.ReadResponseAsync();
        await ExpectOpenedAsync(socket);
    }

    private static async Task ExpectOpenedAsync(RawWebSocket socket)
    {
        Assert.Equal(101, socket.Status);
        Assert.StartsWith("""{"event":"pusher:connection_established",""", (await socket.NextFrameAsync()).Text, StringComparison.Ordinal);
    }
}
