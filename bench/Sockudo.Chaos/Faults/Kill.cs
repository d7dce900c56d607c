using Sockudo.Chaos.Nodes;

namespace Sockudo.Chaos.Faults;

/// <summary>kill -9 of a node, which is started again.</summary>
internal sealed class Kill : IFault
{
    public string Name => "kill";

    public bool MayLoseEvents => true;

    public string? ObstacleTo(ChaosCluster cluster) => null;

    public Func<Task>? Draw(Scene scene)
    {
        if (scene.TakeNode() is not { } node)
            return null;
        var time = scene.Between(0.2, 9);
        return async () =>
        {
            scene.Say($"kill -9 of {node.Name}, started again after {time.TotalSeconds} s");
            await node.KillAsync();
            await Task.Delay(time);
            await node.StartAsync();
        };
    }
}
