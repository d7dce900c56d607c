using System.Collections.Concurrent;

namespace Sockudo.Reference;

/// <summary>Who is subscribed to what.</summary>
internal sealed class Subscriptions
{
    private readonly ConcurrentDictionary<string, ConcurrentDictionary<Connection, bool>> _channels = new();

    public void Add(string channel, Connection connection) =>
        _channels.GetOrAdd(channel, static _ => new ConcurrentDictionary<Connection, bool>()).TryAdd(connection, true);

    public void Remove(string channel, Connection connection)
    {
        if (_channels.TryGetValue(channel, out var connections))
            connections.TryRemove(connection, out _);
    }

    public IEnumerable<Connection> Of(string channel)
    {
        if (!_channels.TryGetValue(channel, out var connections))
            yield break;
        foreach (var (connection, _) in connections)
            yield return connection;
    }
}
