using System.Diagnostics.CodeAnalysis;
using Sockudo.Server.Caching;

namespace Sockudo.Server.Apps;

/// <summary>
/// Apps that were looked up, each reachable by id and by key, and names of which there is no app. An app whose life is over stays, for the case that the database
/// cannot be asked; names that nobody has are bounded by themselves, so that guesses do not drive apps out. Safe from any thread.
/// </summary>
internal sealed class AppCache(AppCacheSettings settings, TimeProvider time)
{
    private readonly Lock _gate = new();
    private readonly LeastRecentlyUsed<string, Entry> _apps = new(settings.Capacity);
    private readonly Dictionary<string, string> _ids = new(StringComparer.Ordinal);
    private readonly LeastRecentlyUsed<AppName, long> _unknown = new(settings.Capacity);
    private long _generation;

    /// <summary>Grows with each <see cref="Expire"/>: an answer to a question that was asked before is out of date.</summary>
    public long Generation => Volatile.Read(ref _generation);

    /// <summary>Finds what is known of a name. True if that is still valid; else <paramref name="app"/> is what was known, if anything.</summary>
    public bool TryFind(AppName name, out App? app)
    {
        lock (_gate)
        {
            if (TryFindEntry(name, out var entry))
            {
                app = entry.App;
                return time.GetTimestamp() < entry.Expires;
            }

            app = null;
            return _unknown.TryUse(name, out var expires) && time.GetTimestamp() < expires;
        }
    }

    /// <summary>The database has this app.</summary>
    /// <param name="app">The app.</param>
    /// <param name="generation"><see cref="Generation"/> when the question was asked.</param>
    public void Add(App app, long generation)
    {
        lock (_gate)
        {
            var expires = generation == _generation ? After(settings.TimeToLive) : long.MinValue;
            RemoveApp(app.Id);
            if (_ids.TryGetValue(app.Key, out var former))
                RemoveApp(former);
            _unknown.Remove(AppName.Id(app.Id));
            _unknown.Remove(AppName.Key(app.Key));
            if (_apps.Set(app.Id, new Entry(app, expires)) is { } gone)
                _ids.Remove(gone.Value.App.Key);
            _ids[app.Key] = app.Id;
        }
    }

    /// <summary>The database has no such app.</summary>
    /// <param name="name">What it was asked for.</param>
    /// <param name="generation"><see cref="Generation"/> when the question was asked.</param>
    public void AddUnknown(AppName name, long generation)
    {
        lock (_gate)
        {
            if (TryFindEntry(name, out var entry))
                RemoveApp(entry.App.Id);
            if (generation == _generation && settings.NegativeTimeToLive > TimeSpan.Zero)
                _unknown.Set(name, After(settings.NegativeTimeToLive));
        }
    }

    /// <summary>What is known of an app, or of all of them (null), must be looked up again before it is used, if that is possible.</summary>
    public void Expire(string? id)
    {
        lock (_gate)
        {
            _generation++;
            _unknown.Clear();
            if (id is not null && _apps.TryUse(id, out var known))
                known.Expires = long.MinValue;
            foreach (var (_, entry) in id is null ? _apps.Entries : [])
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
            foreach (var app in _apps.Entries.Where(entry => entry.Value.Expires <= now && !isInUse(entry.Key)).Select(static entry => entry.Key).ToList())
                RemoveApp(app);
        }
    }

    private bool TryFindEntry(AppName name, [NotNullWhen(true)] out Entry? entry)
    {
        entry = null;
        var id = name.Text;
        return (!name.IsKey || _ids.TryGetValue(name.Text, out id)) && _apps.TryUse(id!, out entry);
    }

    private void RemoveApp(string id)
    {
        if (_apps.TryUse(id, out var entry) && _apps.Remove(id))
            _ids.Remove(entry.App.Key);
    }

    private long After(TimeSpan life) => time.GetTimestamp() + (long)(life.TotalSeconds * time.TimestampFrequency);

    private sealed class Entry(App app, long expires)
    {
        public App App => app;

        public long Expires { get; set; } = expires;
    }
}
