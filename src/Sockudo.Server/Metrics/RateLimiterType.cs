namespace Sockudo.Server.Metrics;

/// <summary>Which limit was asked: label <c>limiter_type</c>.</summary>
internal enum RateLimiterType
{
    Api,
    WebsocketConnect,
    ClientEvent,
    BackendEvent,
    ReadRequest,
}
