using System.Collections.Concurrent;
using Sockudo.Server.Caching;

namespace Sockudo.Server.Apps;

/// <summary>
/// Apps that were looked up, each reachable by id and by key, and names of which there is no app. An app whose life is over stays, for the case that the database
/// cannot be asked; names that nobody has are bounded by themselves, so that guesses do not drive apps out. Safe from any thread; finding an app takes no lock, as
/// every connect and every request of the HTTP API does it.
/// </summary>
internal sealed class AppCache(AppCacheSettings settings, TimeProvider time)
{
    // Taken by whatever changes something.
    private readonly Lock _gate = new();

    // Two names an app.
    private readonly ConcurrentDictionary<AppName, Entry> _apps = new();
    private readonly LeastRecentlyUsed<AppName, long> _unknown = new(settings.Capacity);

    // An app in use is noted a thousand times a second at most: threads that use the same app do not fight for its line of memory.
    private readonly long _resolution = time.TimestampFrequency / 1000;
    private long _generation;

    /// <summary>Grows with each <see cref="Expire"/>: an answer to a question that was asked before is out of date.</summary>
    public long Generation => Volatile.Read(ref _generation);

    /// <summary>Finds what is known of a name. True if that is still valid; else <paramref name="app"/> is what was known, if anything.</summary>
    public bool TryFind(AppName name, out App? app)
    {
        var now = time.GetTimestamp();
        if (_apps.TryGetValue(name, out var entry))
        {
            if (now - entry.Used > _resolution)
                entry.Used = now;
            app = entry.App;
            return now < entry.Expires;
        }

        app = null;
        lock (_gate)
            return _unknown.TryUse(name, out var expires) && now < expires;
    }

    /// <summary>The database has this app.</summary>
    /// <param name="app">The app.</param>
    /// <param name="generation"><see cref="Generation"/> when the question was asked.</param>
    public void Add(App app, long generation)
    {
        lock (_gate)
        {
            var (byId, byKey) = (AppName.Id(app.Id), AppName.Key(app.Key));
            _unknown.Remove(byId);
            _unknown.Remove(byKey);
            var former = new[] { _apps.GetValueOrDefault(byId), _apps.GetValueOrDefault(byKey) };
            if (former is [null, null] && _apps.Count >= 2 * settings.Capacity)
                Remove(_apps.Values.MinBy(static entry => entry.Used)!);

            // Replaced, not removed and added: who looks meanwhile finds one or the other.
            var now = time.GetTimestamp();
            var latest = new Entry(app, now) { Expires = generation == _generation ? now + Ticks(settings.TimeToLive) : long.MinValue };
            _apps[byId] = latest;
            _apps[byKey] = latest;
            foreach (var entry in former.OfType<Entry>())
                Remove(entry);
        }
    }

    /// <summary>The database has no such app.</summary>
    /// <param name="name">What it was asked for.</param>
    /// <param name="generation"><see cref="Generation"/> when the question was asked.</param>
    public void AddUnknown(AppName name, long generation)
    {
        lock (_gate)
        {
            if (_apps.TryGetValue(name, out var entry))
                Remove(entry);
            if (generation == _generation && settings.NegativeTimeToLive > TimeSpan.Zero)
                _unknown.Set(name, time.GetTimestamp() + Ticks(settings.NegativeTimeToLive));
        }
    }

    /// <summary>What is known of an app, or of all of them (null), must be looked up again before it is used, if that is possible.</summary>
    public void Expire(string? id)
    {
        lock (_gate)
        {
            _generation++;
            _unknown.Clear();
            foreach (var entry in id is null ? _apps.Values : _apps.TryGetValue(AppName.Id(id), out var known) ? [known] : [])
                entry.Expires = long.MinValue;
        }
    }

    /// <summary>Removes what has expired and belongs to no app that is in use.</summary>
    public void Clean(Func<string, bool> isInUse)
    {
        var now = time.GetTimestamp();
        lock (_gate)
        {
            _unknown.RemoveAll(expires => expires <= now);
            foreach (var entry in _apps.Values.Where(entry => entry.Expires <= now && !isInUse(entry.App.Id)))
                Remove(entry);
        }
    }

    private void Remove(Entry entry)
    {
        _apps.TryRemove(new(AppName.Id(entry.App.Id), entry));
        _apps.TryRemove(new(AppName.Key(entry.App.Key), entry));
    }

    private long Ticks(TimeSpan life) => (long)(life.TotalSeconds * time.TimestampFrequency);

    private sealed class Entry(App app, long used)
    {
        private long _used = used;
        private long _expires;

        public App App => app;

        /// <summary>When it was last used, to the millisecond.</summary>
        public long Used
        {
            get => Volatile.Read(ref _used);
            set => Volatile.Write(ref _used, value);
        }

        public long Expires
        {
            get => Volatile.Read(ref _expires);
            set => Volatile.Write(ref _expires, value);
        }
    }
}
