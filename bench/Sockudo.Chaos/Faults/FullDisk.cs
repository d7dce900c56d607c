using Sockudo.Chaos.Nodes;

namespace Sockudo.Chaos.Faults;

/// <summary>The disk with the queue of webhooks of a node is full.</summary>
internal sealed class FullDisk : IFault
{
    public string Name => "disk";

    public bool MayLoseEvents => false;

    public string? ObstacleTo(ChaosCluster cluster) =>
        cluster.Nodes.All(static node => node.Disk is null) ? "no file system may be mounted here (neither as root nor in a user namespace)" : null;

    public Func<Task>? Draw(Scene scene)
    {
        if (scene.TakeNode(static node => node.Disk is not null) is not { } node)
            return null;
        var time = scene.Between(4, 10);
        return async () =>
        {
            scene.Say($"the disk of {node.Name} is full for {time.TotalSeconds} s");
            node.Disk!.Fill();
            await Task.Delay(time);
            node.Disk.Free();
        };
    }
}
