using System.Net;
using System.Net.Sockets;

namespace Sockudo.Listeners;

/// <summary>The addresses that a configured host stands for (configuration.md 3.1).</summary>
internal static class HostAddress
{
    /// <summary>
    /// An IP literal; <c>localhost</c>: both loopback addresses; <c>*</c> or <c>::</c>: everywhere, dual stack; any other name: all its
    /// addresses.
    /// </summary>
    /// <exception cref="ListenException">The name cannot be resolved.</exception>
    public static async Task<IReadOnlyList<IPAddress>> ResolveAsync(string host, string key)
    {
        if (host is "*" or "::")
            return [Socket.OSSupportsIPv6 ? IPAddress.IPv6Any : IPAddress.Any];
        if (IPAddress.TryParse(host, out var address))
            return [address];
        if (host.Equals("localhost", StringComparison.OrdinalIgnoreCase))
            return Socket.OSSupportsIPv6 ? [IPAddress.Loopback, IPAddress.IPv6Loopback] : [IPAddress.Loopback];
        try
        {
            return await Dns.GetHostAddressesAsync(host).ConfigureAwait(false);
        }
        catch (SocketException exception)
        {
            throw new ListenException($"{key} = \"{host}\" cannot be resolved: {exception.Message}; use an IP address, localhost, 0.0.0.0 or ::");
        }
    }

    /// <summary>Whether only this machine can connect.</summary>
    public static bool IsLoopback(string host) =>
        host.Equals("localhost", StringComparison.OrdinalIgnoreCase) || (IPAddress.TryParse(host, out var address) && IPAddress.IsLoopback(address));
}
