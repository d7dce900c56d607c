namespace Sockudo.Chaos.Faults;

/// <summary>All kinds of faults as a deck of cards: each comes once before one comes twice.</summary>
internal sealed class Deck(IReadOnlyList<IFault> faults, Random random)
{
    private readonly List<IFault> _left = [];

    /// <summary>One of each kind.</summary>
    public static IReadOnlyList<IFault> All { get; } =
    [
        new Kill(), new Suspension(), new BrokerRestart(), new BrokerSuspension(), new Cut(), new Silence(),
        new ClockJump(), new FullDisk(), new ReceiverOutage(), new RollingRestart(), new AppsReload(), new CertificateReload(),
    ];

    /// <summary>Draws some that can happen at once.</summary>
    public IReadOnlyList<(IFault Fault, Func<Task> Run)> Draw(Scene scene, int count)
    {
        if (_left.Count == 0)
        {
            // All of them, so that the others come in the same order where one is impossible.
            IFault[] shuffled = [.. All];
            random.Shuffle(shuffled);
            _left.AddRange(shuffled.Where(faults.Contains));
        }

        var drawn = new List<(IFault, Func<Task>)>();
        foreach (var fault in _left.ToList())
        {
            if (drawn.Count == count)
                break;
            if (fault.Draw(scene) is not { } run)
                continue;
            drawn.Add((fault, run));
            _left.Remove(fault);
        }

        return drawn;
    }
}
