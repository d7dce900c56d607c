namespace Sockudo.Server.Options;

/// <summary>Section <c>adapter.cluster_health</c> of the configuration.</summary>
public sealed record AdapterClusterHealthOptions
{
    /// <summary>Milliseconds between signs of life of a node.</summary>
    public int HeartbeatIntervalMs { get; init; } = 1000;

    /// <summary>Milliseconds of silence after which a node's state is removed.</summary>
    public int NodeTimeoutMs { get; init; } = 5000;

    /// <summary>Milliseconds without the node's own heartbeat after which it considers itself cut off.</summary>
    public int IsolationTimeoutMs { get; init; } = 3000;

    /// <summary>Milliseconds for which members of a stopping node stay announced (CL-2b).</summary>
    public int DrainHoldMs { get; init; } = 3000;
}
