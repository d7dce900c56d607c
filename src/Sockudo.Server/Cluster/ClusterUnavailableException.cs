namespace Sockudo.Server.Cluster;

/// <summary>This node is cut off from the others: what they would have to hear of is refused (storage.md 6.3).</summary>
internal sealed class ClusterUnavailableException() : Exception("Cluster temporarily unavailable");
