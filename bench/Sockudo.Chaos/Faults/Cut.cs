using Sockudo.Chaos.Nodes;

namespace Sockudo.Chaos.Faults;

/// <summary>The connections of a node to the broker end, and no new one can be made.</summary>
internal sealed class Cut : IFault
{
    public string Name => "cut";

    public bool MayLoseEvents => true;

    public string? ObstacleTo(ChaosCluster cluster) => null;

    public Func<Task>? Draw(Scene scene)
    {
        if (scene.TakeNode() is not { } node)
            return null;
        var time = scene.Between(0.2, 10);
        return async () =>
        {
            scene.Say($"{node.Name} is cut off from the broker for {time.TotalSeconds} s");
            node.Proxy.Cut();
            await Task.Delay(time);
            node.Proxy.Heal();
        };
    }
}
