using Sockudo.Server.Options;

namespace Sockudo.Server.Connections;

/// <summary>What all connections share: one reference instead of a copy in each. Times are milliseconds.</summary>
internal sealed class ConnectionSettings(SockudoOptions options, CoarseClock clock, WriteLoops loops)
{
    /// <summary>Wait for the peer's close frame, operations.md 4.</summary>
    public const int CloseTimeout = 2000;

    public CoarseClock Clock { get; } = clock;

    public WriteLoops Loops { get; } = loops;

    public int MaxPendingBytes { get; } = options.Websocket.MaxPendingBytes;

    public int MaxMessageBytes { get; } = options.WebsocketMaxPayloadKb * 1024;

    public int ActivityTimeoutSeconds { get; } = options.ActivityTimeout;

    public int ActivityTimeout { get; } = options.ActivityTimeout * 1000;

    public int PongTimeout { get; } = options.PongTimeout * 1000;

    public long AuthorizationTimeout { get; } = options.UserAuthenticationTimeout * 1000L;
}
