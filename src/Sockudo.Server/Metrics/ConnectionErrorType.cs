namespace Sockudo.Server.Metrics;

/// <summary>Why a connection was refused or ended by the server: label <c>error_type</c> (metrics.md 2).</summary>
internal enum ConnectionErrorType
{
    AppNotFound,
    AppDisabled,
    OverQuota,
    OverCapacity,
    RateLimited,
    ProtocolVersion,
    TlsRequired,
    Origin,
    Draining,
    AuthTimeout,
    PongTimeout,
    SlowConsumer,
    MessageTooLarge,
    ProtocolError,
}
