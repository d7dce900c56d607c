using Sockudo.Server.Backends;
using Sockudo.Server.Cluster;
using Sockudo.Server.Options;

namespace Sockudo.Server.Health;

/// <summary>Whether this node should get traffic (operations.md 1.1): the state that its parts keep, nothing is asked.</summary>
internal sealed class NodeHealth(SockudoOptions options, TimeProvider time, ClusterNode? cluster = null, IReadOnlyList<BackendState>? backends = null)
{
    private volatile bool _isDraining;

    public MemoryUsage Memory { get; } = new(time);

    /// <summary>The node is stopping: no new connections, <c>/up</c> answers 503.</summary>
    public bool IsDraining
    {
        get => _isDraining;
        set => _isDraining = value;
    }

    /// <summary>More memory is used than <c>http_api.accept_traffic.memory_threshold</c> allows.</summary>
    public bool IsOverMemoryThreshold =>
        options.HttpApi.AcceptTraffic.MemoryThreshold is < 1 and var threshold && Memory.Read().Share > threshold;

    /// <summary>Traffic is welcome.</summary>
    public bool IsReady => !IsDraining && !IsOverMemoryThreshold && cluster is not { IsIsolated: true };

    /// <summary>Some backend is down, and the node works on without it.</summary>
    public bool IsDegraded => backends is not null && backends.Any(static backend => !backend.IsUp);

    /// <summary>State of a component's backend as <c>/up</c> names it; one that has none is well.</summary>
    public string StateOf(string component) => backends?.FirstOrDefault(backend => backend.Component == component) is { IsUp: false } ? "down" : "ok";

    /// <summary>State of the cluster's bus as <c>/up</c> names it.</summary>
    public string Adapter => cluster switch { { IsIsolated: true } => "isolated", { IsConnected: false } => "down", _ => "ok" };
}
