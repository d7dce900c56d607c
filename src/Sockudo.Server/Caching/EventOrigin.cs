namespace Sockudo.Server.Caching;

/// <summary>Which of the events of a cluster it is, so that who was given it from the cache is not given it again when it comes by the bus (K-6).</summary>
/// <param name="Node">The node that has published it, by a number that no other has.</param>
/// <param name="Number">Grows with every event that the node publishes on the channel.</param>
public readonly record struct EventOrigin(ulong Node, ulong Number);
