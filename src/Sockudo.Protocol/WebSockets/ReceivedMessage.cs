namespace Sockudo.Protocol.WebSockets;

/// <summary>A whole message (text, binary) or control frame from a client, unmasked.</summary>
/// <param name="opcode">Text, binary, close, ping or pong.</param>
/// <param name="payload">Valid until the next call of the reader, or until the bytes read are released.</param>
public readonly ref struct ReceivedMessage(Opcode opcode, ReadOnlySpan<byte> payload)
{
    /// <summary>What was received; never <see cref="Opcode.Continuation"/>.</summary>
    public Opcode Opcode { get; } = opcode;

    /// <summary>For text, well-formed UTF-8.</summary>
    public ReadOnlySpan<byte> Payload { get; } = payload;
}
