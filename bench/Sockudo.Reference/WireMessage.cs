namespace Sockudo.Reference;

/// <summary>A message to a client; its data is JSON text.</summary>
internal sealed record WireMessage(string Event, string Data, string? Channel = null);
