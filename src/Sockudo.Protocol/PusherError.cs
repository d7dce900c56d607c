namespace Sockudo.Protocol;

/// <summary>
/// An error as a client is told: <c>{"event":"pusher:error","data":{"code":…,"message":"…"}}</c> (F-8). The code carries
/// the reconnect rule when it is used to close: 4000-4099 do not come back, 4100-4199 come back after a pause, 4200-4299
/// come back at once (section 1.3). 4300 and above are message codes only, never close codes (C-9).
/// </summary>
/// <param name="Code">Null for errors that concern one message and leave the connection as it was.</param>
/// <param name="Message">Text for people.</param>
public sealed record PusherError(int? Code, string Message)
{
    /// <summary>Code of a client event or member that is too large, too fast or otherwise over a limit of the app.</summary>
    public const int LimitCode = 4301;

    /// <summary>Code of a node, channel or connection that is full.</summary>
    public const int OverCapacityCode = 4100;

    public static readonly PusherError TlsRequired = new(4000, "Application only accepts SSL connections, reconnect using wss://");
    public static readonly PusherError AppDisabled = new(4003, "Application disabled");
    public static readonly PusherError UnsupportedProtocol = new(4007, "Unsupported protocol version");
    public static readonly PusherError NoProtocol = new(4008, "No protocol version supplied");
    public static readonly PusherError OriginNotAllowed = new(4009, "Origin not allowed");
    public static readonly PusherError NotAuthorizedInTime = new(4009, "Connection not authorized within timeout");
    public static readonly PusherError Terminated = new(4009, "You got disconnected by the app.");
    public static readonly PusherError OverCapacity = new(OverCapacityCode, "Over capacity");
    public static readonly PusherError SlowConsumer = new(OverCapacityCode, "Over capacity: the connection reads more slowly than it is sent to");
    public static readonly PusherError ReconnectImmediately = new(4200, "Please reconnect immediately");
    public static readonly PusherError NoPong = new(4201, "Pong reply not received");
    public static readonly PusherError InvalidJson = new(null, "Received invalid JSON");
    public static readonly PusherError BinaryNotSupported = new(null, "Binary messages are not supported");

    /// <summary>Quota of the app reached: 4004, or 4100 where the operator wants clients to come back (section 1.2).</summary>
    public static PusherError OverQuota(int code) => new(code, "Account over quota");

    /// <summary>4001. Keys are echoed only up to a length that no honest key exceeds (C-8).</summary>
    public static PusherError UnknownKey(string key) =>
        new(4001, $"App key {Shorten(key)} not in this cluster. Did you forget to specify the cluster?");

    /// <summary>F-7.</summary>
    public static PusherError UnsupportedEvent(string name) => new(null, $"Unsupported event received on socket: {Shorten(name)}");

    /// <summary>At most about 200 characters of something a client sent, whole characters only.</summary>
    public static string Shorten(string text)
    {
        if (text.Length <= 200)
            return text;
        var end = char.IsHighSurrogate(text[199]) ? 199 : 200;
        return string.Concat(text.AsSpan(0, end), "…");
    }
}
