using Sockudo.Chaos.Nodes;

namespace Sockudo.Chaos.Faults;

/// <summary>The time of day of a node is wrong by minutes, or by days.</summary>
internal sealed class ClockJump : IFault
{
    // The first two are within what the HTTP API takes for the time of a signed request.
    private static readonly TimeSpan[] Jumps = [TimeSpan.FromMinutes(8), TimeSpan.FromMinutes(-8), TimeSpan.FromHours(5), TimeSpan.FromHours(-5), TimeSpan.FromDays(3), TimeSpan.FromDays(-3)];

    public string Name => "clock";

    public bool MayLoseEvents => false;

    public string? ObstacleTo(ChaosCluster cluster) => FakeClock.Library is null ? "libfaketime is missing (Debian package faketime)" : null;

    public Func<Task>? Draw(Scene scene)
    {
        // Of a webhook with a wrong time that comes late nobody can tell whether something else came before it.
        if (!scene.TakeReceiver() || scene.TakeNode(static node => node.Clock is not null) is not { } node)
            return null;
        var (time, jump) = (scene.Between(4, 10), Jumps[scene.Random.Next(Jumps.Length)]);
        return async () =>
        {
            scene.Say($"the clock of {node.Name} is wrong by {jump} for {time.TotalSeconds} s");
            node.Clock!.Set(jump);
            await Task.Delay(time);
            node.Clock.Set(TimeSpan.Zero);
        };
    }
}
