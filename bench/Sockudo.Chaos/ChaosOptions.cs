namespace Sockudo.Chaos;

/// <summary>What is run.</summary>
internal sealed record ChaosOptions
{
    /// <summary>How long faults go on; what was begun is finished.</summary>
    public required TimeSpan Duration { get; init; }

    /// <summary>After how many groups of faults it ends, even if there is time left; null = when the time is over.</summary>
    public int? Groups { get; init; }

    /// <summary>Everything random comes from it, but what clocks and schedulers do.</summary>
    public required int Seed { get; init; }

    /// <summary><c>redis</c> or <c>nats</c>.</summary>
    public required string Broker { get; init; }

    /// <summary>Clients that come, stay and go.</summary>
    public required int Clients { get; init; }

    /// <summary>Faults at once, at most.</summary>
    public required int FaultsAtOnce { get; init; }

    /// <summary>Names of the faults to draw from; empty = all.</summary>
    public required IReadOnlyList<string> Only { get; init; }

    /// <summary>Where the report goes; null = nowhere.</summary>
    public string? Report { get; init; }
}
