namespace Sockudo.Chaos.Checks;

/// <summary>Something that is not as promised.</summary>
/// <param name="Check">What was looked at.</param>
/// <param name="Expected">What should have been.</param>
/// <param name="Seen">What was.</param>
/// <param name="At">When, since the start of the run.</param>
internal sealed record Finding(string Check, string Expected, string Seen, TimeSpan At);
