using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Sockudo.Load.Engine;

/// <summary>The server under load, and the app with which it is used.</summary>
internal sealed record LoadTarget(Uri Url, string AppId, string Key, string Secret)
{
    /// <summary>The opening handshake.</summary>
    public byte[] UpgradeRequest => Encoding.ASCII.GetBytes(
        $"GET {Prefix}/app/{Key}?protocol=7&client=load&version=1 HTTP/1.1\r\nHost: {Url.Authority}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n");

    private string Prefix => Url.AbsolutePath.TrimEnd('/');

    /// <summary>A signed <c>POST events</c>.</summary>
    public byte[] PublishRequest(string body)
    {
        var path = $"{Prefix}/apps/{AppId}/events";
#pragma warning disable CA5351 // The protocol's own.
        var md5 = Convert.ToHexStringLower(MD5.HashData(Encoding.UTF8.GetBytes(body)));
#pragma warning restore CA5351
        var now = TimeProvider.System.GetUtcNow().ToUnixTimeSeconds();
        var query = $"auth_key={Key}&auth_timestamp={now.ToString(CultureInfo.InvariantCulture)}&auth_version=1.0&body_md5={md5}";
        return Encoding.UTF8.GetBytes(
            $"POST {path}?{query}&auth_signature={Sign($"POST\n{path}\n{query}")} HTTP/1.1\r\nHost: {Url.Authority}\r\n"
            + $"Content-Type: application/json\r\nContent-Length: {Encoding.UTF8.GetByteCount(body)}\r\n\r\n{body}");
    }

    /// <summary><c>key:signature</c> for a subscription.</summary>
    public string Authorize(string socketId, string channel, string? channelData = null) =>
        $"{Key}:{Sign(channelData is null ? $"{socketId}:{channel}" : $"{socketId}:{channel}:{channelData}")}";

    private string Sign(string text) => Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(Secret), Encoding.UTF8.GetBytes(text)));
}
