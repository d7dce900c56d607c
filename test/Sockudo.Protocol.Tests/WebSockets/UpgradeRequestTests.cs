using System.Text;
using Sockudo.Protocol.WebSockets;
using Xunit;

namespace Sockudo.Protocol.Tests.WebSockets;

public class UpgradeRequestTests
{
    private const string Good =
        "GET /app/key?protocol=7 HTTP/1.1\r\nHost: example.com\r\nUpgrade: WebSocket\r\nConnection: keep-alive, Upgrade\r\n"
        + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\nOrigin: https://example.com\r\nX-Forwarded-For: 1.1.1.1\r\nx-forwarded-for: 2.2.2.2\r\n\r\n";

    [Fact]
    public void A_clean_upgrade_is_recognised()
    {
        var request = UpgradeRequest.TryParse(Encoding.ASCII.GetBytes(Good));
        Assert.NotNull(request);
        Assert.Equal("/app/key?protocol=7", request.Target);
        Assert.Equal("https://example.com", request.Origin);
        Assert.Equal("1.1.1.1, 2.2.2.2", request.ForwardedFor);
        Assert.False(request.OffersPusherProtocol);
        Assert.Equal("s3pPLMBiTxaQ9kYGzzhZRbK+xOo=", UpgradeRequest.AcceptFor(request.Key));
    }

    [Theory]
    [InlineData("GET /app", "POST /app")]
    [InlineData("HTTP/1.1", "HTTP/1.0")]
    [InlineData("GET /app/key", "GET http://example.com/app/key")]
    [InlineData("Host: example.com\r\n", "")]
    [InlineData("Host: example.com\r\n", "Host: a\r\nHost: b\r\n")]
    [InlineData("Upgrade: WebSocket", "Upgrade: h2c")]
    [InlineData("keep-alive, Upgrade", "keep-alive")]
    [InlineData("Version: 13", "Version: 12")]
    [InlineData("bm9uY2U=", "bm9u")]
    [InlineData("Sec-WebSocket-Version: 13", "Sec-WebSocket-Version: 13\r\nContent-Length: 5")]
    [InlineData("Sec-WebSocket-Version: 13", "Sec-WebSocket-Version: 13\r\nTransfer-Encoding: chunked")]
    [InlineData("Origin: ", "Bad Header: ")]
    [InlineData("Origin: ", " folded: ")]
    public void Whatever_is_unusual_is_left_to_HTTP(string part, string replacement)
    {
        var head = Good.Replace(part, replacement, StringComparison.Ordinal);
        if (part == "bm9uY2U=")
            head = Good.Replace("dGhlIHNhbXBsZSBub25jZQ==", "dGhlIHNhbXBsZSBub25j", StringComparison.Ordinal);
        Assert.NotEqual(Good, head);
        Assert.Null(UpgradeRequest.TryParse(Encoding.ASCII.GetBytes(head)));
    }

    [Fact]
    public void C2b_The_sub_protocol_is_found_in_a_list()
    {
        var head = Good.Replace("Origin:", "Sec-WebSocket-Protocol: a , pusher-channels-protocol-7\r\nOrigin:", StringComparison.Ordinal);
        Assert.True(UpgradeRequest.TryParse(Encoding.ASCII.GetBytes(head))!.OffersPusherProtocol);
    }
}
