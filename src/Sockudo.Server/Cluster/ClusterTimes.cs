using Sockudo.Server.Options;

namespace Sockudo.Server.Cluster;

/// <summary>How long the nodes of a cluster wait for each other, in milliseconds.</summary>
/// <param name="Heartbeat">Between two signs of life.</param>
/// <param name="NodeTimeout">Silence after which a node is gone.</param>
/// <param name="Isolation">Without hearing itself a node is cut off after this.</param>
/// <param name="DrainHold">For which the members of a node that stops stay (CL-2b).</param>
/// <param name="Request">To wait for another node's answer.</param>
internal sealed record ClusterTimes(int Heartbeat, int NodeTimeout, int Isolation, int DrainHold, int Request)
{
    /// <summary>Numbers of subscriptions are told no more often than this.</summary>
    public const int CountInterval = 50;

    /// <summary>A node that finds that it has not been run for so long takes nobody's silence for granted.</summary>
    public int Pause => Math.Max(2 * Heartbeat, Isolation / 2);

    public static ClusterTimes From(AdapterOptions options)
    {
        var health = options.ClusterHealth;
        var request = options.Driver switch
        {
            AdapterDriver.Nats => options.Nats.RequestTimeoutMs,
            AdapterDriver.Redis => options.Redis.RequestsTimeout,
            _ => options.Cluster.RequestTimeoutMs,
        };
        return new ClusterTimes(health.HeartbeatIntervalMs, health.NodeTimeoutMs, health.IsolationTimeoutMs, health.DrainHoldMs, request);
    }
}
