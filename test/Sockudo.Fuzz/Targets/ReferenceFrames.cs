using System.Buffers.Binary;
using System.Text;
using Sockudo.Protocol.WebSockets;

namespace Sockudo.Fuzz.Targets;

/// <summary>RFC 6455 section 5 as it stands there, without any regard to speed: all bytes at once, every payload copied.</summary>
internal sealed class ReferenceFrames
{
    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private readonly List<(Opcode Opcode, byte[] Payload)> _messages = [];

    /// <summary>Messages and control frames in their order.</summary>
    public IReadOnlyList<(Opcode Opcode, byte[] Payload)> Messages => _messages;

    public MessageReaderResult End { get; private set; } = MessageReaderResult.Incomplete;

    /// <summary>The end is a length that is not in the shortest form.</summary>
    public bool EndsInLongLength { get; private set; }

    /// <summary>The end is known though the header is not all there.</summary>
    public bool EndsWithinHeader { get; private set; }

    /// <summary>A close frame of one byte has begun.</summary>
    public bool EndsInShortClose { get; private set; }

    /// <summary>The end is a text that cannot become UTF-8 and is not whole, or is by an empty fragment.</summary>
    public bool EndsInUnfinishedText { get; private set; }

    public static ReferenceFrames Read(ReadOnlySpan<byte> wire, int maxMessageBytes)
    {
        var result = new ReferenceFrames();
        result.ReadAll(wire, maxMessageBytes);
        return result;
    }

    public FrameTranscript ToTranscript()
    {
        var transcript = new FrameTranscript { End = End };
        foreach (var (opcode, payload) in _messages)
            transcript.Add(opcode, payload);
        return transcript;
    }

    // Section 8.1. What is not done may end within a character.
    private static bool IsText(byte[] bytes, bool isDone)
    {
        try
        {
            Strict.GetDecoder().GetCharCount(bytes, 0, bytes.Length, flush: isDone);
            return true;
        }
        catch (DecoderFallbackException)
        {
            return false;
        }
    }

    private void ReadAll(ReadOnlySpan<byte> wire, int maxMessageBytes)
    {
        Opcode? begun = null;
        List<byte> assembled = [];
        while (true)
        {
            EndsWithinHeader = wire.Length < 6;
            if (wire.Length == 1 && (wire[0] & 0x70) != 0)
                End = MessageReaderResult.ProtocolError;
            if (wire.Length < 2)
                return;

            var isFinal = wire[0] >= 0x80;
            var opcode = (Opcode)(wire[0] & 0x0F);
            var isControl = opcode >= Opcode.Close;
            var length = (ulong)(wire[1] & 0x7F);
            var extended = length switch { 126 => 2, 127 => 8, _ => 0 };
            EndsWithinHeader = wire.Length < 2 + extended + 4;
            EndsInShortClose = opcode == Opcode.Close && length == 1;
            EndsInLongLength = isControl && extended > 0;
            if ((wire[0] & 0x70) != 0 || !Enum.IsDefined(opcode) || wire[1] < 0x80 || (isControl && (!isFinal || length > 125)))
            {
                End = MessageReaderResult.ProtocolError;
                return;
            }

            if (EndsWithinHeader)
                return;
            if (extended == 2)
                length = BinaryPrimitives.ReadUInt16BigEndian(wire[2..]);
            else if (extended == 8)
                length = BinaryPrimitives.ReadUInt64BigEndian(wire[2..]);
            EndsInLongLength = (extended == 2 && length < 126) || (extended == 8 && length <= ushort.MaxValue);
            if (EndsInLongLength || length > long.MaxValue || (!isControl && (begun is not null) != (opcode == Opcode.Continuation)))
            {
                End = MessageReaderResult.ProtocolError;
                return;
            }

            if (!isControl && (UInt128)length + (UInt128)assembled.Count > (UInt128)maxMessageBytes)
            {
                End = MessageReaderResult.TooBig;
                return;
            }

            var mask = wire.Slice(2 + extended, 4);
            var rest = wire[(2 + extended + 4)..];
            var isWhole = (ulong)rest.Length >= length;
            var payload = (isWhole ? rest[..(int)length] : rest).ToArray();
            for (var i = 0; i < payload.Length; i++)
                payload[i] ^= mask[i % 4];
            wire = rest[payload.Length..];
            if (isControl && !isWhole)
                return;

            if (isControl)
            {
                _messages.Add((opcode, payload));
                continue;
            }

            begun ??= opcode;
            assembled.AddRange(payload);
            if (begun == Opcode.Text && !IsText([.. assembled], isDone: isWhole && isFinal))
            {
                End = MessageReaderResult.InvalidPayload;
                EndsInUnfinishedText = !isWhole || !isFinal || payload.Length == 0;
                return;
            }

            if (!isWhole)
                return;
            if (!isFinal)
                continue;

            _messages.Add((begun.Value, [.. assembled]));
            begun = null;
            assembled = [];
        }
    }
}
