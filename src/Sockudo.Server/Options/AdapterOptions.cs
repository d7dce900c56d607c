namespace Sockudo.Server.Options;

/// <summary>Section <c>adapter</c> of the configuration.</summary>
public sealed record AdapterOptions
{
    /// <summary>What carries messages between nodes.</summary>
    public AdapterDriver Driver { get; init; }

    /// <summary>Section <c>adapter.redis</c>.</summary>
    public AdapterRedisOptions Redis { get; init; } = new();

    /// <summary>Section <c>adapter.cluster</c>.</summary>
    public AdapterClusterOptions Cluster { get; init; } = new();

    /// <summary>Section <c>adapter.nats</c>.</summary>
    public AdapterNatsOptions Nats { get; init; } = new();

    /// <summary>Section <c>adapter.cluster_health</c>.</summary>
    public AdapterClusterHealthOptions ClusterHealth { get; init; } = new();
}
