namespace Sockudo.Reference;

/// <summary>A message from a client: only <c>pusher:subscribe</c> has data that this server reads.</summary>
internal sealed record SubscribeMessage(string Event, SubscribeData Data);
