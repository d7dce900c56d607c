using Sockudo.Server.Backends;
using Sockudo.Server.Metrics;

namespace Sockudo.Server.Caching;

/// <summary>Counts look-ups (<c>cache_requests_total</c>).</summary>
internal sealed class CountedEventCache(IEventCache cache, ResultCounters<CacheRequestResult> requests) : IEventCache
{
    public async ValueTask<CachedEvent?> GetAsync(string appId, string channel, CancellationToken cancellationToken)
    {
        try
        {
            var found = await cache.GetAsync(appId, channel, cancellationToken).ConfigureAwait(false);
            requests.Count(found is null ? CacheRequestResult.Miss : CacheRequestResult.Hit);
            return found;
        }
        catch (BackendException)
        {
            requests.Count(CacheRequestResult.Error);
            throw;
        }
    }

    public ValueTask SetAsync(string appId, string channel, byte[] body, EventOrigin? origin, TimeSpan timeToLive, CancellationToken cancellationToken) =>
        cache.SetAsync(appId, channel, body, origin, timeToLive, cancellationToken);
}
