namespace Sockudo.Protocol.WebSockets;

/// <summary>Outcome of reading a frame header.</summary>
public enum FrameHeaderResult
{
    /// <summary>More bytes are needed.</summary>
    Incomplete,

    /// <summary>The header is complete and allowed.</summary>
    Complete,

    /// <summary>The peer broke RFC 6455: close with 1002.</summary>
    ProtocolError,
}
