using System.Collections.Concurrent;

namespace Sockudo.Server.Limits;

/// <summary>
/// Counts in the memory of this node. Bounded: entries that have run out are removed while others are asked for, and beyond
/// <see cref="MaxKeys"/> keys unknown ones pass uncounted, because refusing strangers would let an attacker lock everybody out.
/// </summary>
internal sealed class MemoryRateLimiter(TimeProvider time) : IRateLimiter
{
    /// <summary>Most keys held.</summary>
    public const int MaxKeys = 1_000_000;

    private static readonly TimeSpan CleanupInterval = TimeSpan.FromSeconds(10);

    private readonly ConcurrentDictionary<string, Window> _windows = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, Bucket> _buckets = new(StringComparer.Ordinal);
    private readonly long _origin = time.GetTimestamp();
    private long _nextCleanup;

    /// <summary>Keys held now.</summary>
    public int Count => _windows.Count + _buckets.Count;

    private long Now => (long)time.GetElapsedTime(_origin).TotalMilliseconds;

    public ValueTask<RateLimitDecision> AcquireWindowAsync(string key, int limit, TimeSpan window, CancellationToken cancellationToken)
    {
        if (limit <= 0)
            return new(RateLimitDecision.Unlimited);
        var now = Now;
        RemoveIdle(now);
        while (true)
        {
            if (!_windows.TryGetValue(key, out var counter))
            {
                if (_windows.Count >= MaxKeys)
                    return new(new RateLimitDecision(IsAllowed: true, limit, limit, window));
                counter = _windows.GetOrAdd(key, static _ => new Window());
            }

            lock (counter)
            {
                if (counter.IsRemoved)
                    continue;
                if (now >= counter.End)
                {
                    counter.End = now + (long)window.TotalMilliseconds;
                    counter.Count = 0;
                }

                var isAllowed = counter.Count < limit;
                if (isAllowed)
                    counter.Count++;
                return new(new RateLimitDecision(isAllowed, limit, limit - counter.Count, TimeSpan.FromMilliseconds(counter.End - now)));
            }
        }
    }

    public ValueTask<RateLimitDecision> AcquireTokensAsync(string key, int perSecond, int permits, CancellationToken cancellationToken)
    {
        if (perSecond is <= 0 or int.MaxValue)
            return new(RateLimitDecision.Unlimited);
        var now = Now;
        RemoveIdle(now);
        while (true)
        {
            var bucket = _buckets.GetOrAdd(key, static _ => new Bucket());
            lock (bucket)
            {
                if (bucket.IsRemoved)
                    continue;
                bucket.End = now + 1000;
                var isAllowed = bucket.Tokens.TryTake(perSecond, now, permits);
                var wait = isAllowed ? 0 : bucket.Tokens.WaitFor(perSecond, now, permits);
                return new(new RateLimitDecision(isAllowed, perSecond, 0, TimeSpan.FromMilliseconds(wait)));
            }
        }
    }

    // One caller in ten seconds pays for it.
    private void RemoveIdle(long now)
    {
        var next = Volatile.Read(ref _nextCleanup);
        if (now < next || Interlocked.CompareExchange(ref _nextCleanup, now + (long)CleanupInterval.TotalMilliseconds, next) != next)
            return;
        RemoveIdle(_windows, now);
        RemoveIdle(_buckets, now);
    }

    private static void RemoveIdle<T>(ConcurrentDictionary<string, T> entries, long now)
        where T : Entry
    {
        foreach (var (key, entry) in entries)
        {
            lock (entry)
            {
                if (now < entry.End)
                    continue;
                entry.IsRemoved = true;
                entries.TryRemove(key, out _);
            }
        }
    }

    private abstract class Entry
    {
        // From then on the entry says nothing that a new one would not say.
        public long End { get; set; }

        // Whoever still holds it must take a new one.
        public bool IsRemoved { get; set; }
    }

    private sealed class Window : Entry
    {
        public int Count { get; set; }
    }

    private sealed class Bucket : Entry
    {
        public TokenBucket Tokens;
    }
}
