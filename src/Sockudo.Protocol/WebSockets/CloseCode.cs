namespace Sockudo.Protocol.WebSockets;

/// <summary>Close codes of RFC 6455 section 7.4 that this server sends, and which codes a peer may send.</summary>
public static class CloseCode
{
    /// <summary>Normal closure.</summary>
    public const ushort Normal = 1000;

    /// <summary>The peer broke the WebSocket protocol.</summary>
    public const ushort ProtocolError = 1002;

    /// <summary>A text message was not UTF-8.</summary>
    public const ushort InvalidPayload = 1007;

    /// <summary>A message was larger than the server accepts.</summary>
    public const ushort MessageTooBig = 1009;

    /// <summary>
    /// Whether a close frame may carry this code: the registered ones (1004, 1005, 1006 and 1015 must never be on the wire)
    /// and 3000 to 4999 for libraries and applications.
    /// </summary>
    public static bool IsAllowed(ushort code) =>
        code is (>= 1000 and <= 1003) or (>= 1007 and <= 1014) or (>= 3000 and <= 4999);
}
