namespace Sockudo.Server.Caching;

/// <summary>
/// The last event of each cache channel (protocol section 7). Independent of subscribers: an entry lives until its time is
/// over. Safe from any thread. One that keeps events outside of this process throws <see cref="Backends.BackendException"/> when it cannot be asked, and tells its state.
/// </summary>
public interface IEventCache
{
    /// <summary>The last event of a channel; null if there is none or its time is over.</summary>
    ValueTask<CachedEvent?> GetAsync(string appId, string channel, CancellationToken cancellationToken);

    /// <summary>Replaces the last event of a channel.</summary>
    /// <param name="appId">Id of the app.</param>
    /// <param name="channel">Name of the channel.</param>
    /// <param name="body">JSON text <c>{"event":name,"data":"…"}</c>; belongs to the cache from now on.</param>
    /// <param name="origin">Which event it is, where nodes share the cache; null otherwise.</param>
    /// <param name="timeToLive">How long it may be replayed, from now (K-2); zero or less = for ever.</param>
    /// <param name="cancellationToken">Gives up waiting for a backend.</param>
    ValueTask SetAsync(string appId, string channel, byte[] body, EventOrigin? origin, TimeSpan timeToLive, CancellationToken cancellationToken);
}
