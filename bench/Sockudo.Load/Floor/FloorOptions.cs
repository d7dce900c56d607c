namespace Sockudo.Load.Floor;

/// <summary>What kind of floor.</summary>
/// <param name="Coalesce">
/// All requests that have arrived in one read are served together: each subscriber gets everything in one <c>send</c>.
/// </param>
/// <param name="Echo">Every message of a WebSocket goes to the other one on its channel, through the product's own frame code.</param>
internal sealed record FloorOptions(bool Coalesce, bool Echo);
