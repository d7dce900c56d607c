using System.Collections.Frozen;

namespace Sockudo.Server.Apps;

/// <summary>The apps of the configuration. <see cref="Replace"/> swaps all of them at once.</summary>
internal sealed class MemoryAppStore(IEnumerable<App> apps) : IAppStore
{
    private volatile Index _index = new(apps);

    /// <summary>All apps, in no particular order.</summary>
    public IReadOnlyCollection<App> Apps => _index.ById.Values;

    /// <summary>Takes over a new list of apps; look-ups see either the old list or the new one.</summary>
    public void Replace(IEnumerable<App> apps) => _index = new Index(apps);

    public ValueTask<App?> FindByKeyAsync(string key, CancellationToken cancellationToken) =>
        ValueTask.FromResult(_index.ByKey.GetValueOrDefault(key));

    public ValueTask<App?> FindByIdAsync(string id, CancellationToken cancellationToken) =>
        ValueTask.FromResult(_index.ById.GetValueOrDefault(id));

    private sealed class Index(IEnumerable<App> apps)
    {
        public FrozenDictionary<string, App> ById { get; } = apps.ToFrozenDictionary(static app => app.Id, StringComparer.Ordinal);

        public FrozenDictionary<string, App> ByKey =>
            field ??= ById.Values.ToFrozenDictionary(static app => app.Key, StringComparer.Ordinal);
    }
}
