using System.Diagnostics;
using System.Net;

namespace Sockudo.Load.Engine;

/// <summary>Many connections that are opened together.</summary>
/// <param name="target">The server.</param>
/// <param name="loop">Where the connections are read.</param>
/// <param name="sources">Loopback addresses to connect from; 0 = whatever the system chooses.</param>
/// <param name="sink">Takes the messages.</param>
internal sealed class ConnectionPool(LoadTarget target, EventLoop loop, int sources, IMessageSink sink) : IDisposable
{
    private const int Outstanding = 256;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly List<LoadConnection> _connections = [];

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
        var source = sources > 0 ? new IPAddress(new byte[] { 127, 0, 0, (byte)(2 + (_connections.Count % sources)) }) : null;
        var connection = new LoadConnection(target, loop, source, ReceiveBuffer, sink) { Tag = _connections.Count };
        _connections.Add(connection);
        return connection;
    }

    /// <summary>Subscribes every connection once and waits for the acknowledgements.</summary>
    /// <param name="channel">Channel for the connection with this number.</param>
    public void Subscribe(Func<int, string> channel)
    {
        for (var i = 0; i < _connections.Count; i++)
        {
            _connections[i].Subscribe(target, channel(i));
            if (i % 64 == 0)
                loop.Poll(0);
        }

        WaitUntil(() => _connections.TrueForAll(static connection => connection.Subscriptions > 0), "subscriptions");
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
    }

    public void Dispose() => Close();
}
