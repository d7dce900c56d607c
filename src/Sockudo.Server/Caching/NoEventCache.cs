namespace Sockudo.Server.Caching;

/// <summary><c>cache.driver</c> <c>none</c>: cache channels work, but never have anything to replay.</summary>
internal sealed class NoEventCache : IEventCache
{
    public ValueTask<CachedEvent?> GetAsync(string appId, string channel, CancellationToken cancellationToken) => default;

    public ValueTask SetAsync(string appId, string channel, byte[] body, EventOrigin? origin, TimeSpan timeToLive, CancellationToken cancellationToken) => default;
}
