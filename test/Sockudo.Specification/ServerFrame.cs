using System.Buffers.Binary;
using System.Text;

namespace Sockudo.Specification;

/// <summary>A frame that the server has sent.</summary>
/// <param name="Opcode">1 text, 2 binary, 8 close, 9 ping, 10 pong.</param>
/// <param name="Payload">Its payload.</param>
public sealed record ServerFrame(int Opcode, byte[] Payload)
{
    public const int TextOpcode = 1;
    public const int BinaryOpcode = 2;
    public const int CloseOpcode = 8;
    public const int PingOpcode = 9;
    public const int PongOpcode = 10;

    public string Text => Encoding.UTF8.GetString(Payload);

    /// <summary>Code of a close frame; null if it has none.</summary>
    public int? CloseCode => Payload.Length >= 2 ? BinaryPrimitives.ReadUInt16BigEndian(Payload) : null;

    /// <summary>Reason of a close frame.</summary>
    public string CloseReason => Payload.Length > 2 ? Encoding.UTF8.GetString(Payload.AsSpan(2)) : "";
}
