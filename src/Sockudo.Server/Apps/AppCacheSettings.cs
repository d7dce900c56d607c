namespace Sockudo.Server.Apps;

/// <summary>How long apps from a database are kept, and how many (storage.md 1.4).</summary>
/// <param name="TimeToLive">Life of an app; zero = every look-up is a query.</param>
/// <param name="NegativeTimeToLive">Life of "no such app"; zero = it is not kept.</param>
/// <param name="Capacity">Apps at most, and as many unknown names.</param>
/// <param name="CleanupInterval">Between removals of what has expired and is not used.</param>
internal sealed record AppCacheSettings(TimeSpan TimeToLive, TimeSpan NegativeTimeToLive, int Capacity, TimeSpan CleanupInterval);
