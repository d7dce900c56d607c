namespace Sockudo.Server.Caching;

/// <summary>An event that a cache channel has kept.</summary>
/// <param name="Body">JSON text <c>{"event":name,"data":"…"}</c>. Must not be changed.</param>
/// <param name="TimeToLive">What is left of its life; <see cref="Timeout.InfiniteTimeSpan"/> = for ever.</param>
public readonly record struct CachedEvent(byte[] Body, TimeSpan TimeToLive);
