using System.Diagnostics;
using System.Net;

namespace Sockudo.Load.Engine;

/// <summary>Many connections on one event loop.</summary>
internal sealed class ConnectionPool(LoadTarget target, int sources) : IDisposable
{
    private const int Outstanding = 256;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly EventLoop _loop = new();
    private readonly byte[] _buffer = new byte[256 * 1024];
    private readonly List<LoadConnection> _connections = [];

    public IReadOnlyList<LoadConnection> Connections => _connections;

    /// <summary>Called for every message of the load.</summary>
    public Action<LoadConnection, ReadOnlySpan<byte>> OnMessage { get; set; } = static (_, _) => { };

    /// <summary>Opens connections, at most a few hundred handshakes at once; returns how long it took.</summary>
    public TimeSpan Open(int count)
    {
        var started = Stopwatch.GetTimestamp();
        var first = _connections.Count;
        var greeted = first;
        while (greeted < first + count)
        {
            while (_connections.Count < first + count && _connections.Count - greeted < Outstanding)
            {
                var source = sources > 0 ? new IPAddress(new byte[] { 127, 0, 0, (byte)(2 + (_connections.Count % sources)) }) : null;
                var connection = new LoadConnection(target, source);
                _loop.Add(connection.Descriptor, _connections.Count);
                _connections.Add(connection);
            }

            Poll(1000);
            while (greeted < _connections.Count && _connections[greeted].SocketId.Length > 0)
                greeted++;
            if (Stopwatch.GetElapsedTime(started) > Patience)
                throw new IOException($"only {greeted - first} of {count} connections were accepted within {Patience.TotalSeconds:0} s");
        }

        return Stopwatch.GetElapsedTime(started);
    }

    /// <summary>Subscribes every connection to one of the channels, in turn, and waits for the acknowledgements.</summary>
    public void Subscribe(IReadOnlyList<string> channels)
    {
        for (var i = 0; i < _connections.Count; i++)
        {
            _connections[i].Subscribe(target, channels[i % channels.Count]);
            if (i % 64 == 0)
                Poll(0);
        }

        WaitUntil(() => _connections.TrueForAll(static connection => connection.Subscriptions > 0), "subscriptions");
    }

    /// <summary>Handles what has arrived; waits for at most so long if there is nothing.</summary>
    public bool Poll(int milliseconds) => _loop.Poll(milliseconds, id =>
    {
        var connection = _connections[(int)id];
        connection.Receive(_buffer, OnMessage);
        if (connection.IsClosed)
            _loop.Remove(connection.Descriptor);
    });

    /// <summary>Handles what arrives until a condition holds.</summary>
    public void WaitUntil(Func<bool> condition, string what)
    {
        var started = Stopwatch.GetTimestamp();
        while (!condition())
        {
            Poll(100);
            if (Stopwatch.GetElapsedTime(started) > Patience)
                throw new IOException($"{what} did not arrive within {Patience.TotalSeconds:0} s");
        }
    }

    public void Dispose()
    {
        foreach (var connection in _connections)
            connection.Dispose();
    }
}
