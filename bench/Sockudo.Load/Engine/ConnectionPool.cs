using System.Diagnostics;

namespace Sockudo.Load.Engine;

/// <summary>Many connections that are opened together.</summary>
/// <param name="server">The server, and where to connect from.</param>
/// <param name="loop">Where the connections are read.</param>
/// <param name="sink">Takes the messages.</param>
internal sealed class ConnectionPool(ServerUnderLoad server, EventLoop loop, IMessageSink sink) : IDisposable
{
    private const int Outstanding = 256;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly List<LoadConnection> _connections = [];
    private int _subscribed;

    public IReadOnlyList<LoadConnection> Connections => _connections;

    /// <summary>Bytes of each connection's receive buffer in the kernel; null = the system's default.</summary>
    public int? ReceiveBuffer { get; init; }

    /// <summary>Opens connections, at most a few hundred handshakes at once.</summary>
    public void Open(int count)
    {
        var started = Stopwatch.GetTimestamp();
        var first = _connections.Count;
        var greeted = first;
        while (greeted < first + count)
        {
            while (_connections.Count < first + count && _connections.Count - greeted < Outstanding)
                OpenOne();
            loop.Poll(1000);
            while (greeted < _connections.Count && _connections[greeted].SocketId.Length > 0)
                greeted++;
            if (Stopwatch.GetElapsedTime(started) > Patience)
                throw new IOException($"only {greeted - first} of {count} connections were accepted within {Patience.TotalSeconds:0} s");
        }
    }

    /// <summary>Opens one connection and does not wait for the server's greeting.</summary>
    public LoadConnection OpenOne()
    {
        var connection = new LoadConnection(server.TargetFor(_connections.Count), loop, server.SourceFor(_connections.Count), ReceiveBuffer, sink) { Tag = _connections.Count };
        _connections.Add(connection);
        return connection;
    }

    /// <summary>Subscribes every connection that is not subscribed yet, and waits for the acknowledgements.</summary>
    /// <param name="channel">Channel for the connection with this number.</param>
    public void Subscribe(Func<int, string> channel)
    {
        var first = _subscribed;
        for (; _subscribed < _connections.Count; _subscribed++)
        {
            _connections[_subscribed].Subscribe(server.Target, channel(_subscribed));
            if (_subscribed % 64 == 0)
                loop.Poll(0);
        }

        WaitUntil(() => _connections.Skip(first).All(static connection => connection.Subscriptions > 0), "subscriptions");
    }

    /// <summary>Handles what arrives until a condition holds.</summary>
    public void WaitUntil(Func<bool> condition, string what)
    {
        var started = Stopwatch.GetTimestamp();
        while (!condition())
        {
            loop.Poll(100);
            if (Stopwatch.GetElapsedTime(started) > Patience)
                throw new IOException($"{what} did not arrive within {Patience.TotalSeconds:0} s");
        }
    }

    /// <summary>Closes all of them, without a closing handshake, as when a network is lost.</summary>
    public void Close()
    {
        foreach (var connection in _connections)
            connection.Dispose();
        _connections.Clear();
        _subscribed = 0;
    }

    public void Dispose() => Close();
}
