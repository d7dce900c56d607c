using Sockudo.Chaos.Nodes;

namespace Sockudo.Chaos.Faults;

/// <summary>One kind of thing that goes wrong, and heals.</summary>
internal interface IFault
{
    /// <summary>Its name for options and reports.</summary>
    string Name { get; }

    /// <summary>Events may be lost meanwhile: they are sent at most once.</summary>
    bool MayLoseEvents { get; }

    /// <summary>Why it cannot be done here; null if it can.</summary>
    string? ObstacleTo(ChaosCluster cluster);

    /// <summary>
    /// Chooses whom it hits and for how long, and takes that for itself. What is returned inflicts it, waits, and heals it; null if others have taken what it needs.
    /// </summary>
    Func<Task>? Draw(Scene scene);
}
