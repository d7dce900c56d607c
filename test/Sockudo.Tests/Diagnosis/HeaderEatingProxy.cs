using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Sockudo.Tests.Diagnosis;

/// <summary>A reverse proxy that was set up without WebSockets in mind: it passes requests on without some of their headers, as HTTP/1.1, byte for byte otherwise.</summary>
public sealed class HeaderEatingProxy : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly Uri _target;
    private readonly string[] _eaten;
    private readonly TimeSpan? _idleTimeout;
    private readonly Task _accepting;

    /// <param name="target">The server behind it.</param>
    /// <param name="idleTimeout">After this silence it ends connections; null = never.</param>
    /// <param name="eaten">Names of the headers of requests that it takes away.</param>
    public HeaderEatingProxy(Uri target, TimeSpan? idleTimeout, params string[] eaten)
    {
        _target = target;
        _idleTimeout = idleTimeout;
        _eaten = eaten;
        _listener.Start();
        _accepting = AcceptAsync();
    }

    /// <summary>Its address.</summary>
    public Uri Address => new($"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}");

    public async ValueTask DisposeAsync()
    {
        _listener.Dispose();
        await _accepting;
    }

    private async Task AcceptAsync()
    {
        var open = new List<Task>();
        try
        {
            while (true)
                open.Add(PassOnAsync(await _listener.AcceptTcpClientAsync()));
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            await Task.WhenAll(open);
        }
    }

    private async Task PassOnAsync(TcpClient client)
    {
        using var incoming = client;
        using var outgoing = new TcpClient();
        try
        {
            await outgoing.ConnectAsync(_target.Host, _target.Port);
            var (from, to) = (incoming.GetStream(), outgoing.GetStream());
            await Task.WhenAny(PassRequestsOnAsync(from, to), CopyAsync(to, from));
        }
        catch (Exception exception) when (exception is IOException or SocketException)
        {
            // One of them has gone.
        }
    }

    private async Task PassRequestsOnAsync(NetworkStream from, NetworkStream to)
    {
        try
        {
            while (await ReadHeadAsync(from) is { } head)
            {
                var kept = head.Split("\r\n").Where(line => !_eaten.Contains(line.Split(':')[0], StringComparer.OrdinalIgnoreCase)).ToList();
                await to.WriteAsync(Encoding.ASCII.GetBytes(string.Join("\r\n", kept)));
                // What follows an upgrade are no requests any more.
                if (kept.Contains("Upgrade: websocket", StringComparer.OrdinalIgnoreCase) && kept.Contains("Connection: Upgrade", StringComparer.OrdinalIgnoreCase))
                    await CopyAsync(from, to);
            }
        }
        catch (Exception exception) when (exception is IOException or ObjectDisposedException)
        {
            // One of them has gone.
        }
    }

    private static async Task<string?> ReadHeadAsync(NetworkStream from)
    {
        var head = new StringBuilder();
        var one = new byte[1];
        while (!head.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal))
        {
            if (await from.ReadAsync(one) == 0)
                return null;
            head.Append((char)one[0]);
        }

        return head.ToString();
    }

    private async Task CopyAsync(NetworkStream from, NetworkStream to)
    {
        var buffer = new byte[4096];
        try
        {
            while (true)
            {
                using var timeout = new CancellationTokenSource(_idleTimeout ?? Timeout.InfiniteTimeSpan);
                var length = await from.ReadAsync(buffer, timeout.Token);
                if (length == 0)
                    return;
                await to.WriteAsync(buffer.AsMemory(0, length));
            }
        }
        catch (Exception exception) when (exception is IOException or OperationCanceledException or ObjectDisposedException)
        {
            // One of them has gone, or nothing was said for too long.
        }
    }
}
