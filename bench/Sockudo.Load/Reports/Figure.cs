namespace Sockudo.Load.Reports;

/// <summary>One number that a round has shown.</summary>
/// <param name="Name">What it is; the same in every round.</param>
/// <param name="Value">The number.</param>
/// <param name="Unit">Its unit.</param>
internal sealed record Figure(string Name, double Value, string Unit);
