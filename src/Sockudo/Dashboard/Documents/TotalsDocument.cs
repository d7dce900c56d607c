using Sockudo.Server.Metrics;

namespace Sockudo.Dashboard.Documents;

/// <summary>What was counted on this node since its start.</summary>
/// <param name="ConnectionsOpened">Connections that were greeted.</param>
/// <param name="ConnectionsClosed">Of these, those that have ended.</param>
/// <param name="MessagesReceived">Messages from clients.</param>
/// <param name="BytesReceived">Their bytes.</param>
/// <param name="MessagesSent">Messages to clients.</param>
/// <param name="BytesSent">Their bytes.</param>
/// <param name="EventsHttp">Events accepted by the HTTP API, one per channel.</param>
/// <param name="EventsClient">Client events accepted.</param>
/// <param name="HttpRequests">Requests to the HTTP API.</param>
/// <param name="SlowConsumers">Connections closed because they read too slowly.</param>
internal sealed record TotalsDocument(
    long ConnectionsOpened, long ConnectionsClosed, long MessagesReceived, long BytesReceived, long MessagesSent, long BytesSent, long EventsHttp, long EventsClient,
    long HttpRequests, long SlowConsumers)
{
    /// <summary>The sums of several apps' counters.</summary>
    public static TotalsDocument Of(IReadOnlyCollection<AppCounters> apps) => new(
        apps.Sum(static app => app.ConnectionsOpened), apps.Sum(static app => app.ConnectionsClosed),
        apps.Sum(static app => app.MessagesReceivedTotal), apps.Sum(static app => app.BytesReceived),
        apps.Sum(static app => app.MessagesSentTotal), apps.Sum(static app => app.BytesSent),
        apps.Sum(static app => app.EventsPublished(EventSource.Http)), apps.Sum(static app => app.EventsPublished(EventSource.Client)),
        apps.Sum(static app => app.HttpCalls), apps.Sum(static app => app.SlowConsumers));
}
