using System.Collections.Concurrent;
using Sockudo.Protocol;
using Sockudo.Server.Metrics;
using Sockudo.Server.Options;

namespace Sockudo.Server.Apps;

/// <summary>Finds apps in the store and gives each its one <see cref="AppScope"/>. Safe from any thread.</summary>
internal sealed class AppRegistry(IAppStore store, SockudoOptions options, ServerMetrics metrics)
{
    private readonly ConcurrentDictionary<string, AppScope> _scopes = new(StringComparer.Ordinal);

    /// <summary>The app with this key, enabled or not; null if there is none.</summary>
    /// <exception cref="AppStoreUnavailableException">The store cannot be asked.</exception>
    public ValueTask<AppScope?> FindByKeyAsync(string key, CancellationToken cancellationToken) =>
        ScopeOfAsync(store.FindByKeyAsync(key, cancellationToken));

    /// <summary>The app with this id, enabled or not; null if there is none.</summary>
    /// <exception cref="AppStoreUnavailableException">The store cannot be asked.</exception>
    public ValueTask<AppScope?> FindByIdAsync(string id, CancellationToken cancellationToken) =>
        ScopeOfAsync(store.FindByIdAsync(id, cancellationToken));

    /// <summary>
    /// Looks every known app up again, so that changed settings apply to open connections too. Returns the apps whose
    /// connections must be closed, with what they are told (storage.md 1.4).
    /// </summary>
    /// <exception cref="AppStoreUnavailableException">The store cannot be asked.</exception>
    public async Task<IReadOnlyDictionary<AppScope, PusherError>> RefreshAsync(CancellationToken cancellationToken)
    {
        var gone = new Dictionary<AppScope, PusherError>();
        foreach (var (id, scope) in _scopes)
        {
            var old = scope.App;
            var current = await FindByIdAsync(id, cancellationToken).ConfigureAwait(false);
            if (current is null || current.App.Key != old.Key)
                gone.Add(scope, PusherError.UnknownKey(old.Key));
            else if (!current.App.Enabled)
                gone.Add(scope, PusherError.AppDisabled);
        }

        return gone;
    }

    private async ValueTask<AppScope?> ScopeOfAsync(ValueTask<App?> lookup) =>
        await lookup.ConfigureAwait(false) is { } app ? ScopeOf(app) : null;

    private AppScope ScopeOf(App app)
    {
        var scope = _scopes.GetOrAdd(
            app.Id,
            static (id, self) => new AppScope(self.App, AppLimits.For(self.App, self.Options), self.Metrics.CountersFor(id)),
            (App: app, Options: options, Metrics: metrics));
        if (!ReferenceEquals(scope.App, app))
            scope.Update(app, AppLimits.For(app, options));
        return scope;
    }
}
