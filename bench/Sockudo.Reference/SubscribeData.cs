namespace Sockudo.Reference;

/// <summary>Data of <c>pusher:subscribe</c>.</summary>
internal sealed record SubscribeData(string Channel);
