using Microsoft.Extensions.Time.Testing;
using Sockudo.Server.Caching;
using Sockudo.Server.Options;
using Sockudo.Specification;

namespace Sockudo.Server.Tests.Caching;

/// <inheritdoc/>
public sealed class MemoryEventCacheSpecTests : EventCacheSpec, IDisposable
{
    private readonly FakeTimeProvider _time = new();
    private readonly MemoryEventCache _cache;

    public MemoryEventCacheSpecTests() => _cache = new MemoryEventCache(new CacheMemoryOptions(), _time);

    public void Dispose() => _cache.Dispose();

    protected override Task<IEventCache> GetAsync() => Task.FromResult<IEventCache>(_cache);

    protected override Task WaitAsync(TimeSpan time)
    {
        _time.Advance(time);
        return Task.CompletedTask;
    }
}
