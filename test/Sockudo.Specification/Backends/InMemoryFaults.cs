namespace Sockudo.Specification.Backends;

/// <summary>What goes wrong in an <see cref="InMemoryBroker"/>.</summary>
/// <param name="Seed">Decides when.</param>
/// <param name="Drop">Share of deliveries that are lost.</param>
/// <param name="Repeat">Share of deliveries that come twice.</param>
/// <param name="MaxDelayMs">Deliveries take up to so many milliseconds.</param>
public sealed record InMemoryFaults(int Seed, double Drop = 0, double Repeat = 0, int MaxDelayMs = 0);
