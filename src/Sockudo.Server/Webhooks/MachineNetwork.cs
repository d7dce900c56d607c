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
    ];

    /// <summary>Whether an address is one of them.</summary>
    public static bool Contains(IPAddress address)
    {
        var embedded = Embedded(address);
        return Networks.Any(network => network.Contains(address) || (embedded is not null && network.Contains(embedded)));
    }

    // Mapped (::ffff:0:0/96), compatible (::/96), translated by NAT64 (64:ff9b::/96 and 64:ff9b:1::/48 with the address at the end), 6to4 (2002::/16).
    private static IPAddress? Embedded(IPAddress address)
    {
        if (address.AddressFamily != AddressFamily.InterNetworkV6)
            return null;
        var bytes = address.GetAddressBytes();
        return bytes switch
        {
            [0x20, 0x02, ..] => new IPAddress(bytes.AsSpan(2, 4)),
            [0, 0x64, 0xFF, 0x9B, ..] or [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, ..] => new IPAddress(bytes.AsSpan(12)),
            _ => address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : null,
        };
    }
}
