namespace Sockudo.Redis;

/// <summary>A server that takes what is published.</summary>
/// <param name="Address">Where it is.</param>
/// <param name="Slots">The hash slots that it serves, from first to last; empty outside of a cluster.</param>
internal sealed record RedisMaster(RedisAddress Address, IReadOnlyList<(int First, int Last)> Slots);
