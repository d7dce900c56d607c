namespace Sockudo.Server.Http;

/// <summary>The endpoints of the main listener.</summary>
internal enum Endpoint
{
    None,
    WebSocket,
    Live,
    Up,
    UpApp,
    Usage,
    OpenApi,
    Events,
    BatchEvents,
    Channels,
    Channel,
    ChannelUsers,
    ChannelEvents,
    ChannelStatistics,
    TerminateConnections,
    TerminateConnectionsByKey,
}
