using Sockudo.Chaos.Nodes;

namespace Sockudo.Chaos.Faults;

/// <summary>Nothing passes between a node and the broker, and no connection ends; then all of it comes.</summary>
internal sealed class Silence : IFault
{
    public string Name => "silence";

    public bool MayLoseEvents => true;

    public string? ObstacleTo(ChaosCluster cluster) => null;

    public Func<Task>? Draw(Scene scene)
    {
        if (scene.TakeNode() is not { } node)
            return null;
        var time = scene.Between(0.2, 8);
        return async () =>
        {
            scene.Say($"nothing passes between {node.Name} and the broker for {time.TotalSeconds} s");
            node.Proxy.Hold();
            await Task.Delay(time);
            node.Proxy.Heal();
        };
    }
}
