using Sockudo.Server.Channels;

namespace Sockudo.Server.Caching;

/// <summary>
/// K-6 where nodes share the cache: an event stands there before it comes by the bus, so that who subscribes in between would see it twice. This remembers who was given
/// which event from the cache, for as long as that event may still be on its way. Safe from any thread.
/// </summary>
internal sealed class Replays(TimeProvider time)
{
    // Longer than any message waits for a broker that is away.
    private static readonly TimeSpan Memory = TimeSpan.FromSeconds(30);

    private readonly Lock _gate = new();
    private readonly Dictionary<ChannelKey, List<Replay>> _replays = [];
    private readonly Queue<(ChannelKey Key, long Since)> _order = new();

    /// <summary>A connection was given this event.</summary>
    public void Add(ChannelKey key, string socketId, EventOrigin origin)
    {
        var now = time.GetTimestamp();
        lock (_gate)
        {
            Forget();
            if (!_replays.TryGetValue(key, out var replays))
                _replays.Add(key, replays = []);
            replays.Add(new Replay(socketId, origin, now));
            _order.Enqueue((key, now));
        }
    }

    /// <summary>An event has come by the bus: the connections that had it already, or a later one of the same node; null if there are none.</summary>
    public HashSet<string>? WhoHas(ChannelKey key, EventOrigin origin)
    {
        lock (_gate)
        {
            Forget();
            if (!_replays.TryGetValue(key, out var replays))
                return null;
            HashSet<string>? socketIds = null;
            foreach (var replay in replays)
            {
                if (replay.Origin.Node == origin.Node && origin.Number <= replay.Origin.Number)
                    (socketIds ??= new HashSet<string>(StringComparer.Ordinal)).Add(replay.SocketId);
            }

            return socketIds;
        }
    }

    private void Forget()
    {
        while (_order.TryPeek(out var oldest) && time.GetElapsedTime(oldest.Since) > Memory)
        {
            _order.Dequeue();
            if (!_replays.TryGetValue(oldest.Key, out var replays))
                continue;
            replays.RemoveAll(replay => replay.Since <= oldest.Since);
            if (replays.Count == 0)
                _replays.Remove(oldest.Key);
        }
    }

    private readonly record struct Replay(string SocketId, EventOrigin Origin, long Since);
}
