using Microsoft.Extensions.Logging;
using Sockudo.Server.Backends;
using Sockudo.Server.Metrics;

namespace Sockudo.Server.Apps;

/// <summary>
/// Apps of a database, kept for a while (storage.md 1.4). Look-ups of one name that is not known go together in one query. While the database is away, what was known is
/// good enough, and names that were not known fail at once between two attempts. Safe from any thread.
/// </summary>
internal sealed partial class CachedAppStore : IAppStore
{
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan ShortestPause = TimeSpan.FromMilliseconds(100);

    // No app can have this id, and the question is answered by an index.
    private const string NobodysId = "/";

    private readonly IAppDatabase _database;
    private readonly Func<AppRecord, App?> _read;
    private readonly AppCacheSettings _settings;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly AppCache _cache;
    private readonly Lock _gate = new();
    private readonly Dictionary<AppName, Task<App?>> _queries = [];
    private TaskCompletionSource _changed = NewSignal();
    private TimeSpan _pause;
    private long _failedAt;

    /// <param name="database">Where the apps are.</param>
    /// <param name="read">Understands a record; null for one that is no app, which it reports itself.</param>
    /// <param name="settings">What is kept.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger"><c>sockudo.apps</c>.</param>
    public CachedAppStore(IAppDatabase database, Func<AppRecord, App?> read, AppCacheSettings settings, TimeProvider time, ILogger logger)
    {
        _database = database;
        _read = read;
        _settings = settings;
        _time = time;
        _logger = logger;
        _cache = new AppCache(settings, time);
    }

    /// <summary>How look-ups have ended.</summary>
    public ResultCounters<AppLookupResult> Lookups { get; } = new();

    public ValueTask<App?> FindByKeyAsync(string key, CancellationToken cancellationToken) => FindAsync(AppName.Key(key), cancellationToken);

    public ValueTask<App?> FindByIdAsync(string id, CancellationToken cancellationToken) => FindAsync(AppName.Id(id), cancellationToken);

    /// <summary>An app, or any of them (null), has changed: it is looked up again, if it has connections at once.</summary>
    public void Expire(string? id)
    {
        _cache.Expire(id);
        lock (_gate)
        {
            // Who asks from now on wants to know what is there from now on.
            _queries.Clear();
            _changed.TrySetResult();
        }
    }

    /// <summary>
    /// Keeps the apps that have connections up to date, and notices when a database that was away is back. Runs until it is cancelled.
    /// </summary>
    /// <param name="refresh">Looks up all apps that have connections.</param>
    /// <param name="isInUse">Whether an app has connections.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task RunAsync(Func<CancellationToken, Task> refresh, Func<string, bool> isInUse, CancellationToken cancellationToken)
    {
        // Without a cache every refresh is a query for each app: "the refresh runs every 60 s".
        var interval = _settings.TimeToLive > TimeSpan.Zero ? TimeSpan.FromSeconds(1) : TimeSpan.FromSeconds(60);
        var watching = _database.WatchAsync(Expire, cancellationToken);
        var cleaned = _time.GetTimestamp();
        while (!cancellationToken.IsCancellationRequested)
        {
            await WaitAsync(_database.State.IsUp ? interval : PauseNow(), cancellationToken).ConfigureAwait(false);
            try
            {
                if (!_database.State.IsUp)
                    await QueryAsync(AppName.Id(NobodysId)).ConfigureAwait(false);
                await refresh(cancellationToken).ConfigureAwait(false);
            }
            catch (AppStoreUnavailableException)
            {
                // The state of the database has been told; the next round tries again.
            }
            catch (OperationCanceledException)
            {
                break;
            }
            catch (Exception exception)
            {
                LogFailed(_logger, exception);
            }

            if (_time.GetElapsedTime(cleaned) < _settings.CleanupInterval)
                continue;
            cleaned = _time.GetTimestamp();
            _cache.Clean(isInUse);
        }

        await watching.ConfigureAwait(false);
    }

    private ValueTask<App?> FindAsync(AppName name, CancellationToken cancellationToken)
    {
        var isValid = _cache.TryFind(name, out var known);
        if (isValid)
        {
            Lookups.Count(known is null ? AppLookupResult.NegativeHit : AppLookupResult.Hit);
            return ValueTask.FromResult(known);
        }

        // Nothing is stored under such a name, and some databases cannot even be asked for it.
        if (name.Text.Length is 0 or > 255 || name.Text.Any(static c => !char.IsAsciiLetterOrDigit(c) && c is not ('_' or '-' or '.')))
            return default;
        return new ValueTask<App?>(AskAsync(name, known, cancellationToken));
    }

    private async Task<App?> AskAsync(AppName name, App? known, CancellationToken cancellationToken)
    {
        try
        {
            return await JoinQuery(name).WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (AppStoreUnavailableException) when (known is not null)
        {
            return known;
        }
    }

    // One query for all who ask for the same name at the same time.
    private Task<App?> JoinQuery(AppName name)
    {
        lock (_gate)
        {
            if (_queries.TryGetValue(name, out var running))
                return running;
            if (_pause > TimeSpan.Zero && _time.GetElapsedTime(_failedAt) < _pause)
            {
                Lookups.Count(AppLookupResult.Error);
                return Task.FromException<App?>(new AppStoreUnavailableException("the database of the apps was away a moment ago"));
            }

            var query = QueryAsync(name);
            if (!query.IsCompleted)
            {
                _queries.Add(name, query);
                _ = ForgetAsync(name, query);
            }

            return query;
        }
    }

    private async Task ForgetAsync(AppName name, Task query)
    {
        await ((Task)query).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        lock (_gate)
        {
            if (_queries.TryGetValue(name, out var latest) && latest == query)
                _queries.Remove(name);
        }
    }

    private async Task<App?> QueryAsync(AppName name)
    {
        var generation = _cache.Generation;
        try
        {
            var record = name.IsKey
                ? await _database.FindByKeyAsync(name.Text, CancellationToken.None).ConfigureAwait(false)
                : await _database.FindByIdAsync(name.Text, CancellationToken.None).ConfigureAwait(false);
            lock (_gate)
                _pause = TimeSpan.Zero;
            // Whatever the database thinks of letters and spaces: "after a hit the stored value is compared ordinally".
            var app = record is null ? null : _read(record);
            if (app is not null && name.IsOf(app))
            {
                _cache.Add(app, generation);
                Lookups.Count(AppLookupResult.Loaded);
                return app;
            }

            _cache.AddUnknown(name, generation);
            Lookups.Count(AppLookupResult.NotFound);
            return null;
        }
        catch (BackendException exception)
        {
            lock (_gate)
            {
                _failedAt = _time.GetTimestamp();
                _pause = _pause == TimeSpan.Zero ? ShortestPause : _pause * 2 < LongestPause ? _pause * 2 : LongestPause;
            }

            Lookups.Count(AppLookupResult.Error);
            throw new AppStoreUnavailableException(exception.Message, exception);
        }
    }

    private TimeSpan PauseNow()
    {
        lock (_gate)
            return _pause > ShortestPause ? _pause : ShortestPause;
    }

    // Until the time is over or something has changed.
    private async Task WaitAsync(TimeSpan interval, CancellationToken cancellationToken)
    {
        try
        {
            await Volatile.Read(ref _changed).Task.WaitAsync(interval, _time, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is TimeoutException or OperationCanceledException)
        {
            return;
        }

        // What changes from now on is for the next round.
        lock (_gate)
            _changed = NewSignal();
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    [LoggerMessage(1, LogLevel.Error, "the apps that have connections could not be refreshed")]
    private static partial void LogFailed(ILogger logger, Exception exception);
}
