using System.Net;
using System.Net.Sockets;

namespace Sockudo.Specification.Backends;

/// <summary>Stands between a client and a server on this machine, and fails as a network does.</summary>
public sealed class TcpProxy : IAsyncDisposable
{
    private readonly Lock _gate = new();
    private readonly int _target;
    private readonly HashSet<Socket> _sockets = [];
    private TaskCompletionSource _flow = Flowing();
    private Socket? _listener;

    private TcpProxy(int target)
    {
        _target = target;
        Port = FreePort.Next();
        Heal();
    }

    /// <summary>Where clients connect to.</summary>
    public int Port { get; }

    /// <summary>Stands in front of a port of 127.0.0.1.</summary>
    public static TcpProxy To(int port) => new(port);

    /// <summary>Ends all connections, and takes no new ones.</summary>
    public void Cut()
    {
        lock (_gate)
        {
            _listener?.Dispose();
            _listener = null;
            foreach (var socket in _sockets)
                socket.Close(0);
            _sockets.Clear();
            _flow.TrySetResult();
        }
    }

    /// <summary>Holds every byte back, in both directions; connections stay, and new ones are taken.</summary>
    public void Hold()
    {
        lock (_gate)
        {
            if (_flow.Task.IsCompleted)
                _flow = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }
    }

    /// <summary>Lets everything through, what was held back first.</summary>
    public void Heal()
    {
        lock (_gate)
        {
            _flow.TrySetResult();
            if (_listener is not null)
                return;
            _listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            _listener.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
            _listener.Bind(new IPEndPoint(IPAddress.Loopback, Port));
            _listener.Listen();
            _ = AcceptAsync(_listener);
        }
    }

    public ValueTask DisposeAsync()
    {
        Cut();
        return ValueTask.CompletedTask;
    }

    private static TaskCompletionSource Flowing()
    {
        var flow = new TaskCompletionSource();
        flow.SetResult();
        return flow;
    }

    private async Task AcceptAsync(Socket listener)
    {
        try
        {
            while (true)
                _ = ConnectAsync(await listener.AcceptAsync());
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // Cut.
        }
    }

    private async Task ConnectAsync(Socket client)
    {
        var server = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        client.NoDelay = true;
        lock (_gate)
        {
            if (_listener is null)
            {
                client.Close(0);
                return;
            }

            _sockets.Add(client);
            _sockets.Add(server);
        }

        try
        {
            await server.ConnectAsync(IPAddress.Loopback, _target);
            await Task.WhenAny(PassAsync(client, server), PassAsync(server, client));
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // The server is not there, or the proxy was cut.
        }

        lock (_gate)
        {
            _sockets.Remove(client);
            _sockets.Remove(server);
        }

        client.Dispose();
        server.Dispose();
    }

    private async Task PassAsync(Socket from, Socket to)
    {
        var buffer = new byte[64 * 1024];
        try
        {
            int count;
            while ((count = await from.ReceiveAsync(buffer)) > 0)
            {
                Task flow;
                lock (_gate)
                    flow = _flow.Task;
                await flow;
                for (var sent = 0; sent < count;)
                    sent += await to.SendAsync(buffer.AsMemory(sent, count - sent));
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // One of the two has gone.
        }
    }
}
