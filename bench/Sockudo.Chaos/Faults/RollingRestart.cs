using Sockudo.Chaos.Nodes;

namespace Sockudo.Chaos.Faults;

/// <summary>All nodes are stopped with SIGTERM and started again, one after the other, as a deploy does.</summary>
internal sealed class RollingRestart : IFault
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    public string Name => "rolling-restart";

    public bool MayLoseEvents => false;

    public string? ObstacleTo(ChaosCluster cluster) => null;

    public Func<Task>? Draw(Scene scene)
    {
        if (!scene.TakeAllNodes() || !scene.TakeBroker())
            return null;
        return async () =>
        {
            scene.Say("a rolling restart");
            foreach (var node in scene.Cluster.Nodes)
            {
                if (await node.StopAsync() is var code and not 0)
                    scene.Findings.Add("stops", $"{node.Name} ends with 0", $"{code}");
                await node.StartAsync();
                await scene.Checker.ExpectAsync("health", Patience, async () =>
                    await node.Api.StatusAsync("/up") is var status and not 200 ? ($"{node.Name} answers /up with 200 after its start", $"{status}") : null);
            }
        };
    }
}
