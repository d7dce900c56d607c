namespace Sockudo.Server.Apps;

/// <summary>
/// Where apps are kept. Look-ups only, exact and case-sensitive; may be called from any thread. An implementation whose
/// backend cannot be reached throws <see cref="AppStoreUnavailableException"/>.
/// </summary>
public interface IAppStore
{
    /// <summary>The app with this key (WebSocket path, <c>auth_key</c>); null if there is none.</summary>
    ValueTask<App?> FindByKeyAsync(string key, CancellationToken cancellationToken);

    /// <summary>The app with this id (HTTP path); null if there is none.</summary>
    ValueTask<App?> FindByIdAsync(string id, CancellationToken cancellationToken);
}
