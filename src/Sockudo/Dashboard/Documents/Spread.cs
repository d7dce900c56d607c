namespace Sockudo.Dashboard.Documents;

/// <summary>One number, twice.</summary>
/// <param name="Here">On this node.</param>
/// <param name="Cluster">On all nodes, as far as this one knows.</param>
internal sealed record Spread(long Here, long Cluster);
