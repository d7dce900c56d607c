using BenchmarkDotNet.Attributes;
using Microsoft.Extensions.Logging.Abstractions;
using Sockudo.Server.Apps;
using Sockudo.Server.Backends;

namespace Sockudo.Benchmarks;

/// <summary>What it costs to look an app up: one of the configuration, and one that a database has and the cache knows.</summary>
[MemoryDiagnoser]
public class AppLookupBenchmarks
{
    private static readonly App App = new() { Id = "demo-app", Key = "demo-key", Secret = "demo-secret" };

    private readonly MemoryAppStore _memory = new([App]);
    private CachedAppStore _cached = null!;

    [GlobalSetup]
    public void Setup() => _cached = new CachedAppStore(
        new OneAppDatabase(), static _ => App, new AppCacheSettings(TimeSpan.FromHours(1), TimeSpan.FromSeconds(10), 10_000, TimeSpan.FromMinutes(1)), TimeProvider.System,
        NullLogger.Instance);

    [Benchmark(Baseline = true)]
    public ValueTask<App?> Configured() => _memory.FindByIdAsync("demo-app", default);

    [Benchmark]
    public ValueTask<App?> Cached() => _cached.FindByIdAsync("demo-app", default);

    [Benchmark]
    public ValueTask<App?> CachedByKey() => _cached.FindByKeyAsync("demo-key", default);

    private sealed class OneAppDatabase : IAppDatabase
    {
        public BackendState State { get; } = new("app_manager", "none", NullLogger.Instance);

        public Task<AppRecord?> FindByKeyAsync(string key, CancellationToken cancellationToken) => Task.FromResult<AppRecord?>([]);

        public Task<AppRecord?> FindByIdAsync(string id, CancellationToken cancellationToken) => Task.FromResult<AppRecord?>([]);

        public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task<IReadOnlyList<AppRecord>> ListAsync(CancellationToken cancellationToken) => Task.FromResult<IReadOnlyList<AppRecord>>([]);

        public Task InsertAsync(AppRecord app, CancellationToken cancellationToken) => Task.CompletedTask;

        public Task<bool> UpdateAsync(string id, AppRecord changes, CancellationToken cancellationToken) => Task.FromResult(true);

        public Task<bool> DeleteAsync(string id, CancellationToken cancellationToken) => Task.FromResult(true);

        public Task WatchAsync(Action<string?> changed, CancellationToken cancellationToken) => Task.CompletedTask;

        public ValueTask DisposeAsync() => default;
    }
}
