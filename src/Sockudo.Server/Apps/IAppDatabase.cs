using Sockudo.Server.Backends;

namespace Sockudo.Server.Apps;

/// <summary>
/// A table of apps outside of this process. Every look-up is a query; names are exact and case-sensitive. Safe from any thread. Each call waits at most about ten
/// seconds and throws <see cref="BackendException"/> when the database cannot be used, which is told to <see cref="IBackend.State"/> too.
/// </summary>
public interface IAppDatabase : IBackend
{
    /// <summary>The app with this key; null if there is none.</summary>
    Task<AppRecord?> FindByKeyAsync(string key, CancellationToken cancellationToken);

    /// <summary>The app with this id; null if there is none.</summary>
    Task<AppRecord?> FindByIdAsync(string id, CancellationToken cancellationToken);

    /// <summary>All apps, ordered by id.</summary>
    Task<IReadOnlyList<AppRecord>> ListAsync(CancellationToken cancellationToken);

    /// <summary>Adds an app.</summary>
    /// <exception cref="AppConflictException">Its id or key is taken.</exception>
    Task InsertAsync(AppRecord app, CancellationToken cancellationToken);

    /// <summary>Changes the fields that are given; a field that is given as null becomes absent. False if there is no such app.</summary>
    /// <exception cref="AppConflictException">The new key is taken.</exception>
    Task<bool> UpdateAsync(string id, AppRecord changes, CancellationToken cancellationToken);

    /// <summary>Removes an app; false if there is none.</summary>
    Task<bool> DeleteAsync(string id, CancellationToken cancellationToken);

    /// <summary>
    /// Calls <paramref name="changed"/> at once with the id of an app that somebody has changed, or with null if it may be any, until it is cancelled. A database that
    /// cannot say so returns at once. Never throws for a database that is away.
    /// </summary>
    Task WatchAsync(Action<string?> changed, CancellationToken cancellationToken);
}
