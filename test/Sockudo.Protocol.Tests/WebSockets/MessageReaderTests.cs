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
