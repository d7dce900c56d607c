namespace Sockudo.Protocol.WebSockets;

/// <summary>Frame opcodes (RFC 6455 section 5.2).</summary>
public enum Opcode : byte
{
    /// <summary>A further fragment of the message begun before.</summary>
    Continuation = 0x0,

    /// <summary>A text message, or its first fragment.</summary>
    Text = 0x1,

    /// <summary>A binary message, or its first fragment.</summary>
    Binary = 0x2,

    /// <summary>Closing handshake.</summary>
    Close = 0x8,

    /// <summary>Asks for a pong with the same payload.</summary>
    Ping = 0x9,

    /// <summary>Answer to a ping, or an unsolicited sign of life.</summary>
    Pong = 0xA,
}
