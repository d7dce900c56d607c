namespace Sockudo.Server.Metrics;

/// <summary>Where an event came from: label <c>source</c>.</summary>
internal enum EventSource
{
    Http,
    Client,
}
