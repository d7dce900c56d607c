namespace Sockudo.Reference;

/// <summary>Body of <c>POST /apps/{id}/events</c>.</summary>
internal sealed record PublishRequest(string Name, string Data, string[] Channels);
