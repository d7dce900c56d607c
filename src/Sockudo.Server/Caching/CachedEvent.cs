namespace Sockudo.Server.Caching;

/// <summary>An event that a cache channel has kept.</summary>
/// <param name="Body">JSON text <c>{"event":name,"data":"…"}</c>. Must not be changed.</param>
/// <param name="TimeToLive">What is left of its life; <see cref="Timeout.InfiniteTimeSpan"/> = for ever.</param>
/// <param name="Origin">Which event it is, if whoever has kept it said so.</param>
public readonly record struct CachedEvent(byte[] Body, TimeSpan TimeToLive, EventOrigin? Origin = null);
