using Sockudo.Server.Options;

namespace Sockudo.Server.Caching;

/// <summary>
/// Cached events in the memory of this node: bounded in entries, the least recently used goes first (storage.md 3). Expired
/// entries are never returned and are removed by a periodic clean-up.
/// </summary>
internal sealed class MemoryEventCache : IEventCache, IDisposable
{
    private readonly TimeProvider _time;
    private readonly TimeSpan _longestLife;
    private readonly int _capacity;
    private readonly ITimer _cleanup;

    private readonly Lock _gate = new();
    private readonly Dictionary<(string AppId, string Channel), LinkedListNode<Entry>> _entries = [];

    // Most recently used first.
    private readonly LinkedList<Entry> _usage = [];

    public MemoryEventCache(CacheMemoryOptions options, TimeProvider time)
    {
        _time = time;
        _longestLife = options.Ttl is > 0 and var seconds ? TimeSpan.FromSeconds(seconds) : TimeSpan.MaxValue;
        _capacity = options.MaxCapacity;
        var interval = TimeSpan.FromSeconds(options.CleanupInterval);
        _cleanup = time.CreateTimer(static cache => ((MemoryEventCache)cache!).RemoveExpired(), this, interval, interval);
    }

    /// <summary>Entries held, expired ones that were not cleaned up yet included.</summary>
    public int Count
    {
        get
        {
            lock (_gate)
                return _entries.Count;
        }
    }

    public ValueTask<CachedEvent?> GetAsync(string appId, string channel, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            if (!_entries.TryGetValue((appId, channel), out var node))
                return default;
            var left = node.Value.Expires is { } expires ? _time.GetElapsedTime(_time.GetTimestamp(), expires) : Timeout.InfiniteTimeSpan;
            if (left <= TimeSpan.Zero && left != Timeout.InfiniteTimeSpan)
                return default;
            _usage.Remove(node);
            _usage.AddFirst(node);
            return new ValueTask<CachedEvent?>(new CachedEvent(node.Value.Body, left));
        }
    }

    public ValueTask SetAsync(string appId, string channel, byte[] body, TimeSpan timeToLive, CancellationToken cancellationToken)
    {
        var life = timeToLive <= TimeSpan.Zero || timeToLive > _longestLife ? _longestLife : timeToLive;
        long? expires = life == TimeSpan.MaxValue ? null : _time.GetTimestamp() + (long)(life.TotalSeconds * _time.TimestampFrequency);
        var key = (appId, channel);
        lock (_gate)
        {
            if (_entries.Remove(key, out var old))
                _usage.Remove(old);
            _entries[key] = _usage.AddFirst(new Entry(key, body, expires));
            while (_entries.Count > _capacity)
                Remove(_usage.Last!);
        }

        return default;
    }

    public void Dispose() => _cleanup.Dispose();

    private void RemoveExpired()
    {
        var now = _time.GetTimestamp();
        lock (_gate)
        {
            for (var node = _usage.First; node is not null;)
            {
                var next = node.Next;
                if (node.Value.Expires <= now)
                    Remove(node);
                node = next;
            }
        }
    }

    private void Remove(LinkedListNode<Entry> node)
    {
        _usage.Remove(node);
        _entries.Remove(node.Value.Key);
    }

    private readonly record struct Entry((string AppId, string Channel) Key, byte[] Body, long? Expires);
}
