using System.Net;
using System.Security.Cryptography;
using System.Text;

namespace Sockudo.Load.Engine;

/// <summary>The server under load, and the app with which it is used.</summary>
internal sealed class LoadTarget
{
    /// <param name="url">Base URL.</param>
    /// <param name="appId">Id of the app.</param>
    /// <param name="key">Key of the app.</param>
    /// <param name="secret">Secret of the app.</param>
    public LoadTarget(Uri url, string appId, string key, string secret)
    {
        (Url, AppId, Key, Secret) = (url, appId, key, secret);
        Prefix = url.AbsolutePath.TrimEnd('/');
        EndPoint = new IPEndPoint(IPAddress.TryParse(url.Host, out var address) ? address : Dns.GetHostAddresses(url.Host)[0], url.Port);
        UpgradeRequest = Encoding.ASCII.GetBytes(
            $"GET {Prefix}/app/{key}?protocol=7&client=load&version=1 HTTP/1.1\r\nHost: {url.Authority}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n");
    }

    public Uri Url { get; }

    public bool IsTls => Url.Scheme == Uri.UriSchemeHttps;

    public string AppId { get; }

    public string Key { get; }

    public string Secret { get; }

    /// <summary>Path in front of every route; empty if there is none.</summary>
    public string Prefix { get; }

    public IPEndPoint EndPoint { get; }

    /// <summary>The opening handshake.</summary>
    public byte[] UpgradeRequest { get; }

    /// <summary><c>key:signature</c> for a subscription.</summary>
    public string Authorize(string socketId, string channel, string? channelData = null)
    {
        var text = channelData is null ? $"{socketId}:{channel}" : $"{socketId}:{channel}:{channelData}";
        return $"{Key}:{Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(Secret), Encoding.UTF8.GetBytes(text)))}";
    }
}
