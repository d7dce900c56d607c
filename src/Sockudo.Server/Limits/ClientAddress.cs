using System.Net;
using System.Net.Sockets;

namespace Sockudo.Server.Limits;

/// <summary>By which name a client's requests are counted (storage.md 4.3).</summary>
internal static class ClientAddress
{
    /// <summary>What clients of a Unix socket share when no proxy says who they are.</summary>
    private const string UnixSocket = "unix";

    /// <summary>The key of a client: an IPv4 address, the /64 of an IPv6 address, or <c>unix</c>.</summary>
    /// <param name="peer">Other end of the TCP connection; null on a Unix socket.</param>
    /// <param name="forwardedFor">All <c>X-Forwarded-For</c> values, joined by commas.</param>
    /// <param name="realIp">The <c>X-Real-IP</c> header.</param>
    /// <param name="trustHops">Trusted proxies in front; 0 = the headers are ignored.</param>
    public static string Resolve(IPAddress? peer, string? forwardedFor, string? realIp, int trustHops)
    {
        var address = Find(peer, forwardedFor, realIp, trustHops);
        return address is null ? UnixSocket : KeyOf(address);
    }

    /// <summary>The address of a client; null on a Unix socket. Parameters as of <see cref="Resolve"/>.</summary>
    public static IPAddress? Find(IPAddress? peer, string? forwardedFor, string? realIp, int trustHops) =>
        trustHops > 0 ? FromHeaders(forwardedFor, realIp, trustHops) ?? peer : peer;

    /// <summary>The key of an address: itself, or the /64 of an IPv6 address.</summary>
    public static string KeyOf(IPAddress address)
    {
        if (address.IsIPv4MappedToIPv6)
            return address.MapToIPv4().ToString();
        if (address.AddressFamily != AddressFamily.InterNetworkV6)
            return address.ToString();
        // One customer usually has a whole /64.
        Span<byte> bytes = stackalloc byte[16];
        address.TryWriteBytes(bytes, out _);
        bytes[8..].Clear();
        return new IPAddress(bytes) + "/64";
    }

    private static IPAddress? FromHeaders(string? forwardedFor, string? realIp, int trustHops)
    {
        if (string.IsNullOrWhiteSpace(forwardedFor))
            return Parse(realIp);
        // The n-th entry from the right; fewer entries: the leftmost.
        var entries = forwardedFor.Split(',', StringSplitOptions.TrimEntries);
        return Parse(entries[Math.Max(0, entries.Length - trustHops)]);
    }

    // Brackets and a port are removed: "[::1]:80", "1.2.3.4:80".
    private static IPAddress? Parse(string? text)
    {
        if (string.IsNullOrWhiteSpace(text))
            return null;
        text = text.Trim();
        if (IPAddress.TryParse(text, out var address) && text[0] != '[')
            return address;
        return IPEndPoint.TryParse(text, out var endPoint) ? endPoint.Address : null;
    }
}
