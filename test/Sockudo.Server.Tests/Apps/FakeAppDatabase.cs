using Microsoft.Extensions.Logging.Abstractions;
using Sockudo.Server.Apps;
using Sockudo.Server.Backends;

namespace Sockudo.Server.Tests.Apps;

/// <summary>Apps in memory, of a database that can be away or slow.</summary>
internal sealed class FakeAppDatabase : IAppDatabase
{
    private readonly Dictionary<string, AppRecord> _apps = new(StringComparer.Ordinal);
    private Action<string?>? _changed;

    /// <summary>Queries so far.</summary>
    public int Queries { get; private set; }

    /// <summary>It cannot be asked.</summary>
    public bool IsAway { get; set; }

    /// <summary>Answers wait for this; null = none.</summary>
    public TaskCompletionSource? Gate { get; set; }

    public BackendState State { get; } = new("app_manager", "fake", NullLogger.Instance);

    public void Put(string id, string? key = null) => _apps[id] = new AppRecord { ["id"] = id, ["key"] = key ?? id + "-key", ["secret"] = "s" };

    public void Remove(string id) => _apps.Remove(id);

    /// <summary>Somebody changed it, and it says so.</summary>
    public void Tell(string? id) => _changed!(id);

    public Task<AppRecord?> FindByKeyAsync(string key, CancellationToken cancellationToken) => FindAsync(() => _apps.Values.FirstOrDefault(app => app["key"] == key));

    public Task<AppRecord?> FindByIdAsync(string id, CancellationToken cancellationToken) => FindAsync(() => _apps.GetValueOrDefault(id));

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task<IReadOnlyList<AppRecord>> ListAsync(CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task InsertAsync(AppRecord app, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<bool> UpdateAsync(string id, AppRecord changes, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<bool> DeleteAsync(string id, CancellationToken cancellationToken) => throw new NotSupportedException();

    public async Task WatchAsync(Action<string?> changed, CancellationToken cancellationToken)
    {
        _changed = changed;
        await Task.Delay(Timeout.Infinite, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    public ValueTask DisposeAsync() => default;

    private async Task<AppRecord?> FindAsync(Func<AppRecord?> find)
    {
        Queries++;
        if (IsAway)
        {
            State.Down("away");
            throw new BackendException("the database is away");
        }

        // What it knows is what it knew when it was asked.
        var found = find();
        if (Gate is { } gate)
            await gate.Task;
        State.Up();
        return found;
    }
}
