using System.Buffers.Binary;

namespace Sockudo.Server.Cluster;

/// <summary>
/// What every message between nodes begins with: two letters, a version, the kind, a number that grows with every message of the sender, and who that is.
/// Nodes of different versions may share a cluster while it is being upgraded: a message of another version is not looked at.
/// </summary>
/// <param name="Kind">What it is.</param>
/// <param name="Stamp">Grows with every message that the sender publishes: a second copy is known by it.</param>
/// <param name="Sender"><see cref="NodeId.Epoch"/> of the sender.</param>
internal readonly record struct MessageHeader(MessageKind Kind, ulong Stamp, ulong Sender)
{
    /// <summary>Bytes of a header.</summary>
    public const int Length = 20;

    /// <summary>The version that this program speaks.</summary>
    public const byte Version = 1;

    private const byte First = (byte)'S';
    private const byte Second = (byte)'k';
    private const int StampOffset = 4;
    private const int SenderOffset = 12;

    /// <summary>Writes a header; the stamp is set when the message is published.</summary>
    public static void Write(Span<byte> destination, MessageKind kind, ulong sender)
    {
        destination[0] = First;
        destination[1] = Second;
        destination[2] = Version;
        destination[3] = (byte)kind;
        BinaryPrimitives.WriteUInt64LittleEndian(destination[SenderOffset..], sender);
    }

    /// <summary>Sets the stamp of a message.</summary>
    public static void SetStamp(Span<byte> message, ulong stamp) => BinaryPrimitives.WriteUInt64LittleEndian(message[StampOffset..], stamp);

    /// <summary>What a message of ours is.</summary>
    public static MessageKind KindOf(ReadOnlySpan<byte> message) => (MessageKind)message[3];

    /// <summary>False for what is no message of this version; <paramref name="version"/> is 0 then if it is no message of ours at all.</summary>
    public static bool TryRead(ReadOnlySpan<byte> message, out MessageHeader header, out byte version)
    {
        header = default;
        version = 0;
        if (message.Length < Length || message[0] != First || message[1] != Second)
            return false;
        version = message[2];
        if (version != Version)
            return false;
        header = new MessageHeader(
            (MessageKind)message[3],
            BinaryPrimitives.ReadUInt64LittleEndian(message[StampOffset..]),
            BinaryPrimitives.ReadUInt64LittleEndian(message[SenderOffset..]));
        return true;
    }
}
