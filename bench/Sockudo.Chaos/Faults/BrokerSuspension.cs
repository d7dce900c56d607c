using Sockudo.Chaos.Nodes;

namespace Sockudo.Chaos.Faults;

/// <summary>SIGSTOP of the broker: connections stay, and nobody answers.</summary>
internal sealed class BrokerSuspension : IFault
{
    public string Name => "broker-suspend";

    public bool MayLoseEvents => true;

    public string? ObstacleTo(ChaosCluster cluster) => null;

    public Func<Task>? Draw(Scene scene)
    {
        if (!scene.TakeBroker())
            return null;
        var time = scene.Between(0.5, 8);
        return async () =>
        {
            scene.Say($"SIGSTOP of the broker for {time.TotalSeconds} s");
            scene.Cluster.Broker.Suspend();
            await Task.Delay(time);
            scene.Cluster.Broker.Resume();
        };
    }
}
