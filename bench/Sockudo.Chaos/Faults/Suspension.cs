using Sockudo.Chaos.Nodes;

namespace Sockudo.Chaos.Faults;

/// <summary>SIGSTOP of a node, as a virtual machine that is paused.</summary>
internal sealed class Suspension : IFault
{
    public string Name => "suspend";

    public bool MayLoseEvents => true;

    public string? ObstacleTo(ChaosCluster cluster) => null;

    public Func<Task>? Draw(Scene scene)
    {
        if (scene.TakeNode() is not { } node)
            return null;
        var time = scene.Between(0.5, 10);
        return async () =>
        {
            scene.Say($"SIGSTOP of {node.Name} for {time.TotalSeconds} s");
            node.Suspend();
            await Task.Delay(time);
            node.Resume();
        };
    }
}
