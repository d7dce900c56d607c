namespace Sockudo.Redis;

/// <summary>What a Redis server says of itself that matters to whoever operates it. What its user may not ask for is null.</summary>
/// <param name="Address">The server.</param>
/// <param name="Version">Its version.</param>
/// <param name="RoundTrip">One command and its answer.</param>
/// <param name="Clock">What time it is for the server, at the moment that <paramref name="Asked"/> names.</param>
/// <param name="Asked">When it was asked, by the clock here.</param>
/// <param name="EvictionPolicy"><c>maxmemory-policy</c>.</param>
/// <param name="MaxMemory"><c>maxmemory</c> in bytes; 0 = no limit.</param>
/// <param name="HasAppendOnlyFile">It writes every change to disk.</param>
/// <param name="HasSnapshots">It writes everything to disk from time to time.</param>
public sealed record RedisServerFacts(
    string Address, string? Version, TimeSpan RoundTrip, DateTimeOffset Clock, DateTimeOffset Asked, string? EvictionPolicy, long? MaxMemory, bool? HasAppendOnlyFile,
    bool? HasSnapshots);
