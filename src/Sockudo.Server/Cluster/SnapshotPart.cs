namespace Sockudo.Server.Cluster;

/// <summary>What a part of a snapshot says of itself, in front of what is in it.</summary>
/// <param name="Request">What it answers.</param>
/// <param name="Index">Which part it is, from 0.</param>
/// <param name="Begin">Number of the sender's last delta before it began.</param>
/// <param name="End">Number of its last delta when it had finished; null on all parts but the last.</param>
/// <param name="Flags">How the sender was when it began: what its signs of life say may be older.</param>
internal readonly record struct SnapshotPart(ulong Request, int Index, ulong Begin, ulong? End, HeartbeatFlags Flags);
