using System.Buffers.Binary;
using System.Text.Unicode;

namespace Sockudo.Protocol.WebSockets;

/// <summary>Payload of a peer's close frame (RFC 6455 section 5.5.1).</summary>
public static class ClosePayload
{
    /// <summary>
    /// The code with which to answer a close frame: the peer's own, none if it gave none, or what is wrong with its payload
    /// (a single byte or a code that must not be sent: 1002; a reason that is not UTF-8: 1007).
    /// </summary>
    public static ushort? AnswerTo(ReadOnlySpan<byte> payload)
    {
        if (payload.IsEmpty)
            return null;
        if (payload.Length == 1)
            return CloseCode.ProtocolError;
        var code = BinaryPrimitives.ReadUInt16BigEndian(payload);
        if (!CloseCode.IsAllowed(code))
            return CloseCode.ProtocolError;
        return Utf8.IsValid(payload[2..]) ? code : CloseCode.InvalidPayload;
    }
}
