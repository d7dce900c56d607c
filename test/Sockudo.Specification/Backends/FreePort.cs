using System.Net;
using System.Net.Sockets;

namespace Sockudo.Specification.Backends;

/// <summary>
/// Ports on 127.0.0.1 that nobody listens on. They lie below those that the system gives to outgoing connections, so that a server that is started again
/// finds its port free.
/// </summary>
public static class FreePort
{
    /// <summary>Distance of the port that the nodes of a Redis Cluster talk on.</summary>
    public const int RedisBusDistance = 10_000;

    private const int First = 11_000;
    private const int Last = 20_999;

    private static readonly HashSet<int> Given = [];

    /// <summary>A port that is free, and so is the one of the Redis Cluster bus that belongs to it.</summary>
    public static int Next()
    {
        lock (Given)
        {
            for (var attempt = 0; attempt < Last - First; attempt++)
            {
                var port = Random.Shared.Next(First, Last + 1);
                if (!Given.Contains(port) && IsFree(port) && IsFree(port + RedisBusDistance))
                {
                    Given.Add(port);
                    return port;
                }
            }
        }

        throw new InvalidOperationException("there is no free port");
    }

    private static bool IsFree(int port)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.Bind(new IPEndPoint(IPAddress.Loopback, port));
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
