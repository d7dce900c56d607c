namespace Sockudo.Protocol.WebSockets;

/// <summary>Outcome of <see cref="MessageReader.Read"/>.</summary>
public enum MessageReaderResult
{
    /// <summary>More bytes are needed.</summary>
    Incomplete,

    /// <summary>A whole message or control frame was read.</summary>
    Message,

    /// <summary>RFC 6455 was broken: close with 1002.</summary>
    ProtocolError,

    /// <summary>A text message is not UTF-8, or cannot become it any more: close with 1007.</summary>
    InvalidPayload,

    /// <summary>The message would be larger than allowed: close with 1009 (F-11).</summary>
    TooBig,
}
