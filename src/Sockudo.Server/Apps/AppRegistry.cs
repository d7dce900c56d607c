using System.Collections.Concurrent;
using Sockudo.Server.Metrics;
using Sockudo.Server.Options;

namespace Sockudo.Server.Apps;

/// <summary>Finds apps in the store and gives each its one <see cref="AppScope"/>. Safe from any thread.</summary>
internal sealed class AppRegistry(IAppStore store, SockudoOptions options, ServerMetrics metrics)
{
    private readonly ConcurrentDictionary<string, AppScope> _scopes = new(StringComparer.Ordinal);
    private bool _mustSomebodyGo;

    /// <summary>The app with this key, enabled or not; null if there is none.</summary>
    /// <exception cref="AppStoreUnavailableException">The store cannot be asked.</exception>
    public ValueTask<AppScope?> FindByKeyAsync(string key, CancellationToken cancellationToken) =>
        ScopeOfAsync(store.FindByKeyAsync(key, cancellationToken));

    /// <summary>The app with this id, enabled or not; null if there is none.</summary>
    /// <exception cref="AppStoreUnavailableException">The store cannot be asked.</exception>
    public ValueTask<AppScope?> FindByIdAsync(string id, CancellationToken cancellationToken) =>
        ScopeOfAsync(store.FindByIdAsync(id, cancellationToken));

    /// <summary>
    /// Looks up all apps that have connections, so that changed settings apply to those too (storage.md 1.4). True if some app was disabled, has gone or has another
    /// key since the last time: then connections may have to be closed.
    /// </summary>
    /// <param name="includesIdle">Whether the others are looked up too: deleted ones lose their metrics.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="AppStoreUnavailableException">The store cannot be asked.</exception>
    public async Task<bool> RefreshAsync(bool includesIdle, CancellationToken cancellationToken)
    {
        foreach (var (id, scope) in _scopes)
        {
            var isUsed = scope.HasConnections;
            if ((!isUsed && !includesIdle) || await FindByIdAsync(id, cancellationToken).ConfigureAwait(false) is not null)
                continue;
            if (!isUsed)
                scope.Counters.IsRetired = true;
            else if (scope.Delete())
                _mustSomebodyGo = true;
        }

        return Interlocked.Exchange(ref _mustSomebodyGo, false);
    }

    /// <summary>Whether an app has connections to this node.</summary>
    public bool HasConnections(string id) => _scopes.TryGetValue(id, out var scope) && scope.HasConnections;

    /// <summary>All apps that were met.</summary>
    public IEnumerable<AppScope> Known => _scopes.Values;

    /// <summary>
    /// The app of this id, whom another node has clients of. Never waits: where the store does not know it at once, the app stands in for itself without
    /// settings until it does, and nobody can connect to it meanwhile.
    /// </summary>
    public AppScope Expect(string id)
    {
        if (_scopes.TryGetValue(id, out var known))
            return known;
        var scope = Scope(new App { Id = id, Key = "", Secret = "", Enabled = false });
        _ = LoadAsync(id);
        return scope;
    }

    private async Task LoadAsync(string id)
    {
        try
        {
            await FindByIdAsync(id, CancellationToken.None).ConfigureAwait(false);
        }
        catch (AppStoreUnavailableException)
        {
            // Whoever needs its settings will ask again.
        }
    }

    private async ValueTask<AppScope?> ScopeOfAsync(ValueTask<App?> lookup) =>
        await lookup.ConfigureAwait(false) is { } app ? ScopeOf(app) : null;

    private AppScope ScopeOf(App app)
    {
        var scope = Scope(app);
        var old = scope.App;
        if (ReferenceEquals(old, app))
            return scope;
        scope.Update(app, AppLimits.For(app, options));
        if (old.Key != app.Key || old.Enabled != app.Enabled)
            Volatile.Write(ref _mustSomebodyGo, true);
        return scope;
    }

    private AppScope Scope(App app) => _scopes.GetOrAdd(
        app.Id,
        static (id, self) => new AppScope(self.App, AppLimits.For(self.App, self.Options), self.Metrics.CountersFor(id)),
        (App: app, Options: options, Metrics: metrics));
}
