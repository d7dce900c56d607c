namespace Sockudo.Server.Metrics;

/// <summary>Takes one value of a family.</summary>
/// <param name="value">In the unit of the family.</param>
/// <param name="labels">Values of the family's labels.</param>
internal delegate void SampleWriter(double value, params ReadOnlySpan<(string Name, string Value)> labels);
