using System.Net;
using System.Net.Sockets;

namespace Sockudo.Server.Webhooks;

/// <summary>
/// The network of the machine itself, where clouds tell a machine its credentials: link-local addresses, and those of metadata services elsewhere. Also where such an IPv4 address
/// stands within an IPv6 address that leads to it.
/// </summary>
internal static class MachineNetwork
{
    private static readonly IPNetwork[] Networks =
    [
        IPNetwork.Parse("169.254.0.0/16"), IPNetwork.Parse("fe80::/10"),
        IPNetwork.Parse("fd00:ec2::/32"), // AWS
        IPNetwork.Parse("fd20:ce::254/128"), // Google Cloud
        IPNetwork.Parse("100.100.100.200/32"), // Alibaba Cloud
        IPNetwork.Parse("168.63.129.16/32"), // Azure
        IPNetwork.Parse("192.0.0.192/32"), // Oracle Cloud
        IPNetwork.Parse("fd00:42::42/128"), // Scaleway
    ];

    /// <summary>Whether an address is one of them.</summary>
    public static bool Contains(IPAddress address)
    {
        IPAddress[] spellings = [address, .. Embedded(address)];
        return Networks.Any(network => spellings.Any(network.Contains));
    }

    // The IPv4 addresses that an IPv6 address may lead to.
    private static IPAddress[] Embedded(IPAddress address)
    {
        if (address.AddressFamily != AddressFamily.InterNetworkV6)
            return [];
        var bytes = address.GetAddressBytes();
        var end = new IPAddress(bytes.AsSpan(12));
        return bytes switch
        {
            // 6to4.
            [0x20, 0x02, ..] => [new IPAddress(bytes.AsSpan(2, 4))],
            // Teredo: the client, inverted.
            [0x20, 0x01, 0, 0, .., var a, var b, var c, var d] => [new IPAddress([(byte)~a, (byte)~b, (byte)~c, (byte)~d])],
            // NAT64 of a site, with a prefix of 48, 56, 64 or 96 bits; the byte after the 64th is skipped (RFC 6052 section 2.2).
            [0, 0x64, 0xFF, 0x9B, 0, 1, var a, var b, _, var c, var d, var e, var f, ..] =>
                [new IPAddress([a, b, c, d]), new IPAddress([b, c, d, e]), new IPAddress([c, d, e, f]), end],
            // NAT64 of everybody, compatible, mapped, translated (RFC 2765), and ISATAP with any prefix.
            [0, 0x64, 0xFF, 0x9B, ..] or [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, ..] or [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF, ..]
                or [0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF, 0, 0, ..] or [_, _, _, _, _, _, _, _, 0 or 2, 0, 0x5E, 0xFE, ..] => [end],
            _ => [],
        };
    }
}
