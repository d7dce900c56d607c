namespace Sockudo.Chaos.Clients;

/// <summary>How a connection has ended.</summary>
/// <param name="Code">The server's close code; null if it said none.</param>
/// <param name="Contradiction">What the client was told that cannot be right; null if nothing.</param>
internal sealed record ConnectionEnd(int? Code, string? Contradiction = null);
