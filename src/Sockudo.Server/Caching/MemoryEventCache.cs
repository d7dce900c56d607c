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
    private readonly ITimer _cleanup;
    private readonly Lock _gate = new();
    private readonly LeastRecentlyUsed<(string AppId, string Channel), Entry> _entries;

    public MemoryEventCache(CacheMemoryOptions options, TimeProvider time)
    {
        _time = time;
        _longestLife = options.Ttl is > 0 and var seconds ? TimeSpan.FromSeconds(seconds) : TimeSpan.MaxValue;
        _entries = new(options.MaxCapacity);
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
            if (!_entries.TryUse((appId, channel), out var entry))
                return default;
            var left = entry.Expires is { } expires ? _time.GetElapsedTime(_time.GetTimestamp(), expires) : Timeout.InfiniteTimeSpan;
            return left > TimeSpan.Zero || left == Timeout.InfiniteTimeSpan ? new ValueTask<CachedEvent?>(new CachedEvent(entry.Body, left)) : default;
        }
    }

    public ValueTask SetAsync(string appId, string channel, byte[] body, EventOrigin? origin, TimeSpan timeToLive, CancellationToken cancellationToken)
    {
        var life = timeToLive <= TimeSpan.Zero || timeToLive > _longestLife ? _longestLife : timeToLive;
        long? expires = life == TimeSpan.MaxValue ? null : _time.GetTimestamp() + (long)(life.TotalSeconds * _time.TimestampFrequency);
        lock (_gate)
            _entries.Set((appId, channel), new Entry(body, expires));
        return default;
    }

    public void Dispose() => _cleanup.Dispose();

    private void RemoveExpired()
    {
        var now = _time.GetTimestamp();
        lock (_gate)
            _entries.RemoveAll(entry => entry.Expires <= now);
    }

    private readonly record struct Entry(byte[] Body, long? Expires);
}
