using System.Buffers;
using System.Text;
using FsCheck.Xunit;
using Sockudo.Protocol.WebSockets;
using Xunit;

namespace Sockudo.Protocol.Tests.WebSockets;

public class MessageReaderTests
{
    [Property(MaxTest = 300)]
    public void Messages_do_not_depend_on_how_their_bytes_are_cut(int seed)
    {
        var random = new Random(seed);
        var (wire, expected) = RandomMessages(random);
        Assert.Equal(expected, Read([wire]));
        Assert.Equal(expected, Read(Cut(wire, random)));
    }

    [Theory]
    [InlineData(1000, 1000, MessageReaderResult.Message)]
    [InlineData(1000, 1001, MessageReaderResult.TooBig)]
    public void F11_The_limit_is_inclusive(int limit, int length, MessageReaderResult result)
    {
        using var reader = new MessageReader(limit);
        var buffer = new ReadOnlySequence<byte>(Frame(0x81, new byte[length]));
        Assert.Equal(result, reader.Read(ref buffer, out _));
    }

    [Theory]
    [InlineData(0x7F)]
    [InlineData(0x40)]
    public void F11_No_length_of_a_later_fragment_is_below_the_limit_by_being_too_large_for_a_sum(byte first)
    {
        using var reader = new MessageReader(1000);
        var buffer = new ReadOnlySequence<byte>([.. Frame(0x01, [1, 2, 3]), 0x80, 0xFF, first, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 1, 2, 3, 4, 5]);
        Assert.Equal(MessageReaderResult.TooBig, reader.Read(ref buffer, out _));
    }

    [Fact]
    public void A_large_frame_in_pieces_is_not_kept_in_the_caller_s_buffer()
    {
        using var reader = new MessageReader(1_000_000);
        var wire = Frame(0x81, Encoding.ASCII.GetBytes(new string('x', 200_000)));
        var first = new ReadOnlySequence<byte>(wire.AsMemory(0, 100_000));
        Assert.Equal(MessageReaderResult.Incomplete, reader.Read(ref first, out _));
        Assert.True(first.IsEmpty);
        var second = new ReadOnlySequence<byte>(wire.AsMemory(100_000));
        Assert.Equal(MessageReaderResult.Message, reader.Read(ref second, out var message));
        Assert.Equal(200_000, message.Payload.Length);
    }

    // Both sides of every boundary in the table of well-formed sequences (Unicode, table 3-7).
    private static readonly byte[] Boundaries =
    [
        0x00, 0x7F, 0x80, 0x8F, 0x90, 0x9F, 0xA0, 0xBF, 0xC0, 0xC1, 0xC2, 0xDF, 0xE0, 0xE1, 0xEC, 0xED, 0xEE, 0xEF, 0xF0, 0xF1, 0xF3, 0xF4, 0xF5, 0xF8, 0xFF,
    ];

    [Fact]
    public void Section_8_1_Text_fails_with_the_byte_that_breaks_it_in_fragments_and_in_pieces_of_a_frame()
    {
        var sequences = from a in Boundaries from b in Boundaries from c in Boundaries select new[] { a, b, c };
        var longest = from a in Boundaries.Where(static lead => lead >= 0xF0) from b in Boundaries from c in Boundaries from d in Boundaries select new[] { a, b, c, d };
        foreach (var sequence in sequences.Concat(longest))
        {
            var (broken, isWhole) = Check(sequence);
            var expected = broken ?? (isWhole ? sequence.Length : sequence.Length - 1);
            var last = broken is null && isWhole ? MessageReaderResult.Message : MessageReaderResult.InvalidPayload;
            Assert.Equal((expected, last), ReadBytewise(sequence, static (one, index, length) =>
                Frame((byte)((index == 0 ? 0x01 : 0x00) | (index == length - 1 ? 0x80 : 0x00)), [one]), head: []));
            var frame = Frame(0x81, sequence);
            Assert.Equal((expected, last), ReadBytewise(sequence, (_, index, length) => [frame[^(length - index)]], head: frame[..^sequence.Length]));
        }
    }

    [Fact]
    public void After_broken_text_the_reader_still_finds_the_close_frame()
    {
        using var reader = new MessageReader(1000);
        var buffer = new ReadOnlySequence<byte>([.. Frame(0x01, [0xFF]), .. Frame(0x00, [0xFF]), .. Frame(0x80, "rest"u8.ToArray()), .. Frame(0x88, [])]);
        Assert.Equal(MessageReaderResult.InvalidPayload, reader.Read(ref buffer, out _));
        MessageReaderResult result;
        do
        {
            result = reader.Read(ref buffer, out var message);
            if (result == MessageReaderResult.Message && message.Opcode == Opcode.Close)
                return;
        }
        while (!buffer.IsEmpty);
        Assert.Fail($"the close frame was not found: {result}");
    }

    // The index of the byte with which the text cannot become UTF-8 any more, and whether a character ends with the last one.
    private static (int? Broken, bool IsWhole) Check(byte[] text)
    {
        var (low, high, missing) = (0x80, 0xBF, 0);
        for (var i = 0; i < text.Length; i++)
        {
            int one = text[i];
            if (missing > 0)
            {
                if (one < low || one > high)
                    return (i, false);
                (low, high, missing) = (0x80, 0xBF, missing - 1);
                continue;
            }

            (low, high, missing) = one switch
            {
                <= 0x7F => (0x80, 0xBF, 0),
                >= 0xC2 and <= 0xDF => (0x80, 0xBF, 1),
                0xE0 => (0xA0, 0xBF, 2),
                0xED => (0x80, 0x9F, 2),
                >= 0xE1 and <= 0xEF => (0x80, 0xBF, 2),
                0xF0 => (0x90, 0xBF, 3),
                0xF4 => (0x80, 0x8F, 3),
                >= 0xF1 and <= 0xF3 => (0x80, 0xBF, 3),
                _ => (0, 0, -1),
            };
            if (missing < 0)
                return (i, false);
        }

        return (null, missing == 0);
    }

    // How many bytes of the text were read before something came of it, and what.
    private static (int Count, MessageReaderResult Result) ReadBytewise(byte[] text, Func<byte, int, int, byte[]> next, byte[] head)
    {
        using var reader = new MessageReader(1000);
        var kept = head;
        for (var i = 0; i < text.Length; i++)
        {
            var buffer = new ReadOnlySequence<byte>([.. kept, .. next(text[i], i, text.Length)]);
            var result = reader.Read(ref buffer, out var message);
            if (result == MessageReaderResult.Message)
                Assert.Equal(text, message.Payload);
            if (result != MessageReaderResult.Incomplete)
                return (result == MessageReaderResult.Message ? i + 1 : i, result);
            kept = buffer.ToArray();
        }

        return (text.Length, MessageReaderResult.Incomplete);
    }

    private static (byte[] Wire, List<string> Expected) RandomMessages(Random random)
    {
        var wire = new List<byte>();
        var expected = new List<string>();
        for (var i = 0; i < random.Next(1, 8); i++)
        {
            var text = string.Concat(Enumerable.Range(0, random.Next(0, 3) switch { 0 => random.Next(0, 5), 1 => random.Next(0, 300), _ => random.Next(0, 6000) })
                .Select(_ => random.Next(4) == 0 ? "é😀" : "x"));
            var payload = Encoding.UTF8.GetBytes(text);
            var fragments = random.Next(1, 4);
            for (var fragment = 0; fragment < fragments; fragment++)
            {
                var from = payload.Length * fragment / fragments;
                var to = payload.Length * (fragment + 1) / fragments;
                var isLast = fragment == fragments - 1;
                wire.AddRange(Frame((byte)((isLast ? 0x80 : 0) | (fragment == 0 ? 1 : 0)), payload.AsSpan(from, to - from).ToArray()));
                if (!isLast && random.Next(2) == 0)
                {
                    wire.AddRange(Frame(0x89, [(byte)i]));
                    expected.Add($"Ping:{(char)i}");
                }
            }

            expected.Add($"Text:{text}");
        }

        return ([.. wire], expected);
    }

    private static List<byte[]> Cut(byte[] wire, Random random)
    {
        var pieces = new List<byte[]>();
        for (var at = 0; at < wire.Length;)
        {
            var length = Math.Min(wire.Length - at, random.Next(2) == 0 ? random.Next(1, 20) : random.Next(1, 3000));
            pieces.Add(wire.AsSpan(at, length).ToArray());
            at += length;
        }

        return pieces;
    }

    // As a connection does it: what was not used comes again in front of the next piece, in segments.
    private static List<string> Read(List<byte[]> pieces)
    {
        using var reader = new MessageReader(1_000_000);
        var messages = new List<string>();
        var kept = new List<byte[]>();
        foreach (var piece in pieces)
        {
            kept.Add([.. piece]);
            var buffer = Sequence(kept);
            while (!buffer.IsEmpty && reader.Read(ref buffer, out var message) is var result && result != MessageReaderResult.Incomplete)
            {
                Assert.Equal(MessageReaderResult.Message, result);
                messages.Add($"{message.Opcode}:{Encoding.UTF8.GetString(message.Payload)}");
            }

            kept = buffer.IsEmpty ? [] : [buffer.ToArray()];
        }

        Assert.Empty(kept);
        return messages;
    }

    private static ReadOnlySequence<byte> Sequence(List<byte[]> pieces)
    {
        var first = new Segment(pieces[0], null);
        var last = first;
        foreach (var piece in pieces.Skip(1))
            last = new Segment(piece, last);
        return new ReadOnlySequence<byte>(first, 0, last, last.Memory.Length);
    }

    private static byte[] Frame(byte firstByte, byte[] payload)
    {
        byte[] length = payload.Length switch
        {
            < 126 => [(byte)(0x80 | payload.Length)],
            <= ushort.MaxValue => [0xFE, (byte)(payload.Length >> 8), (byte)payload.Length],
            _ => [0xFF, 0, 0, 0, 0, (byte)(payload.Length >> 24), (byte)(payload.Length >> 16), (byte)(payload.Length >> 8), (byte)payload.Length],
        };
        byte[] mask = [7, 77, 177, 217];
        return [firstByte, .. length, .. mask, .. payload.Select((value, index) => (byte)(value ^ mask[index & 3]))];
    }

    private sealed class Segment : ReadOnlySequenceSegment<byte>
    {
        public Segment(byte[] bytes, Segment? previous)
        {
            Memory = bytes;
            if (previous is null)
                return;
            RunningIndex = previous.RunningIndex + previous.Memory.Length;
            previous.Next = this;
        }
    }
}
