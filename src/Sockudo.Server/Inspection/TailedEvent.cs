using Sockudo.Server.Metrics;

namespace Sockudo.Server.Inspection;

/// <summary>An event that this node has accepted, as watchers are told of it.</summary>
/// <param name="At">When.</param>
/// <param name="AppId">The app.</param>
/// <param name="Channel">The channel.</param>
/// <param name="Name">Name of the event.</param>
/// <param name="Bytes">Bytes of the message as each subscriber gets it.</param>
/// <param name="Source">Who has published it.</param>
/// <param name="SocketId">The connection that a client event came from; null for others.</param>
/// <param name="Data">Its data, or the beginning; null if that may not be shown.</param>
/// <param name="IsDataCut">There is more of it.</param>
internal sealed record TailedEvent(
    DateTimeOffset At, string AppId, string Channel, string Name, int Bytes, EventSource Source, string? SocketId, string? Data, bool IsDataCut);
