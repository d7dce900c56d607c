using System.Buffers;
using Sockudo.Protocol.WebSockets;

namespace Sockudo.Fuzz.Targets;

/// <summary>
/// <see cref="MessageReader"/>: the same bytes give the same messages however they arrive, and those that the rules of RFC 6455, written down once more in <see cref="ReferenceFrames"/>, and
/// <see cref="System.Net.WebSockets.WebSocket"/> give.
/// </summary>
internal static class FrameReaderTarget
{
    private const int MaxMessageBytes = 8192;

    /// <summary>The first byte says in which pieces the others arrive.</summary>
    public static void Check(byte[] input)
    {
        if (input.Length == 0)
            return;
        var wire = input[1..];
        var whole = ReadWhole(wire);
        Finding.UnlessSame(whole, ReadInPieces(wire, input[0]), $"read in pieces (pattern {input[0]})");
        var reference = ReferenceFrames.Read(wire, MaxMessageBytes);
        Finding.UnlessSame(reference.ToTranscript(), whole, "read as RFC 6455 says");
        FrameworkFrames.Compare(wire, reference);
    }

    private static FrameTranscript ReadWhole(byte[] wire)
    {
        using var reader = new MessageReader(MaxMessageBytes);
        var buffer = new ReadOnlySequence<byte>(wire.ToArray());
        var transcript = new FrameTranscript();
        transcript.End = Drain(reader, ref buffer, transcript);
        return transcript;
    }

    private static FrameTranscript ReadInPieces(byte[] wire, byte pattern)
    {
        using var reader = new MessageReader(MaxMessageBytes);
        var transcript = new FrameTranscript();
        var unread = default(ReadOnlySequence<byte>);
        for (int start = 0, turn = 0; start < wire.Length || turn == 0; turn++)
        {
            var length = Math.Min(wire.Length - start, 1 + ((pattern >> (turn % 4)) % 61));
            unread = Segment.Append(unread, wire.AsSpan(start, length).ToArray());
            start += length;
            transcript.End = Drain(reader, ref unread, transcript);
            if (transcript.End != MessageReaderResult.Incomplete)
                break;
        }

        return transcript;
    }

    private static MessageReaderResult Drain(MessageReader reader, ref ReadOnlySequence<byte> buffer, FrameTranscript transcript)
    {
        while (true)
        {
            var before = buffer.Length;
            var result = reader.Read(ref buffer, out var message);
            if (result != MessageReaderResult.Message)
                return result;
            Finding.Unless(buffer.Length < before, "a message without bytes");
            transcript.Add(message.Opcode, message.Payload);
        }
    }

    // What a pipe gives: pieces that lie apart.
    private sealed class Segment : ReadOnlySequenceSegment<byte>
    {
        public static ReadOnlySequence<byte> Append(ReadOnlySequence<byte> before, byte[] bytes)
        {
            Segment? first = null, last = null;
            foreach (var memory in before)
                Add(memory);
            Add(bytes);
            return new ReadOnlySequence<byte>(first!, 0, last!, last!.Memory.Length);

            void Add(ReadOnlyMemory<byte> memory)
            {
                var next = new Segment { Memory = memory, RunningIndex = last is null ? 0 : last.RunningIndex + last.Memory.Length };
                if (last is not null)
                    last.Next = next;
                first ??= next;
                last = next;
            }
        }
    }
}
