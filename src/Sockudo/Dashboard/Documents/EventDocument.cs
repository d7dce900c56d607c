using Sockudo.Server.Inspection;
using Sockudo.Server.Metrics;

namespace Sockudo.Dashboard.Documents;

/// <summary>An event that this node has accepted.</summary>
/// <param name="At">When.</param>
/// <param name="App">Id of the app.</param>
/// <param name="Channel">The channel.</param>
/// <param name="Name">Name of the event.</param>
/// <param name="Bytes">Bytes of the message as each subscriber gets it.</param>
/// <param name="Source"><c>http</c> or <c>client</c>.</param>
/// <param name="SocketId">The connection that a client event came from; null for others.</param>
/// <param name="Data">Its data, 4,096 characters at most; null if that may not be shown.</param>
/// <param name="IsDataCut">There is more of it.</param>
internal sealed record EventDocument(
    DateTimeOffset At, string App, string Channel, string Name, int Bytes, string Source, string? SocketId, string? Data, bool IsDataCut)
{
    /// <summary>An event.</summary>
    public static EventDocument Of(TailedEvent told) => new(
        told.At, told.AppId, told.Channel, told.Name, told.Bytes, told.Source == EventSource.Http ? "http" : "client", told.SocketId, told.Data, told.IsDataCut);
}
