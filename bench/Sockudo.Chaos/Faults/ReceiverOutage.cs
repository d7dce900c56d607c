using Sockudo.Chaos.Checks;
using Sockudo.Chaos.Nodes;

namespace Sockudo.Chaos.Faults;

/// <summary>The receiver of webhooks answers 500, does not answer, or is not there.</summary>
internal sealed class ReceiverOutage : IFault
{
    private static readonly ReceiverMood[] Moods = [ReceiverMood.Failing, ReceiverMood.Hanging, ReceiverMood.Away];

    public string Name => "receiver";

    public bool MayLoseEvents => false;

    public string? ObstacleTo(ChaosCluster cluster) => null;

    public Func<Task>? Draw(Scene scene)
    {
        if (!scene.TakeReceiver())
            return null;
        var (time, mood) = (scene.Between(3, 10), Moods[scene.Random.Next(Moods.Length)]);
        return async () =>
        {
            scene.Say($"the receiver of webhooks is {(mood == ReceiverMood.Failing ? "answering 500" : mood == ReceiverMood.Hanging ? "not answering" : "away")} for {time.TotalSeconds} s");
            scene.Webhooks.Set(mood);
            await Task.Delay(time);
            scene.Webhooks.Set(ReceiverMood.Well);
        };
    }
}
