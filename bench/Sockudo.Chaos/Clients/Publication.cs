using Sockudo.Chaos.Nodes;

namespace Sockudo.Chaos.Clients;

/// <summary>An event that somebody has published.</summary>
/// <param name="Channel">Where.</param>
/// <param name="Data">Publisher and number; nobody else says the same.</param>
/// <param name="StartedAt">When the request was begun.</param>
/// <param name="Outcome">What came of it.</param>
internal sealed record Publication(string Channel, string Data, long StartedAt, PublishOutcome Outcome);
