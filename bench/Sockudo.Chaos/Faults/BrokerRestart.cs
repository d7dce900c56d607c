using Sockudo.Chaos.Nodes;

namespace Sockudo.Chaos.Faults;

/// <summary>kill -9 of the broker, which is started again and has forgotten everything.</summary>
internal sealed class BrokerRestart : IFault
{
    public string Name => "broker-restart";

    public bool MayLoseEvents => true;

    public string? ObstacleTo(ChaosCluster cluster) => null;

    public Func<Task>? Draw(Scene scene)
    {
        if (!scene.TakeBroker())
            return null;
        var time = scene.Between(0.1, 8);
        return async () =>
        {
            scene.Say($"kill -9 of the broker, started again after {time.TotalSeconds} s");
            await scene.Cluster.Broker.KillAsync();
            await Task.Delay(time);
            await scene.Cluster.Broker.StartAgainAsync();
        };
    }
}
