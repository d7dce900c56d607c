using System.Text;
using Xunit;

namespace Sockudo.Redis.Tests;

public sealed class RespReaderTests
{
    [Theory]
    [InlineData("+OK\r\n", '+', "OK")]
    [InlineData("-ERR no\r\n", '-', "ERR no")]
    [InlineData(":-7\r\n", ':', "-7")]
    [InlineData("$5\r\na\r\nb\0\r\n", '$', "a\r\nb\0")]
    [InlineData("$0\r\n\r\n", '$', "")]
    [InlineData("=5\r\ntxt:x\r\n", '$', "txt:x")]
    [InlineData("!5\r\nERR x\r\n", '-', "ERR x")]
    [InlineData("_\r\n", '_', "")]
    [InlineData("#t\r\n", '#', "t")]
    public void An_answer_is_taken_when_it_is_complete_and_not_before(string wire, char kind, string text)
    {
        var bytes = Encoding.UTF8.GetBytes(wire);
        for (var length = 0; length < bytes.Length; length++)
        {
            var part = new RespReader(bytes.AsSpan(0, length));
            Assert.False(part.TryReadReply(out _));
            Assert.Equal(0, part.Consumed);
        }

        var whole = new RespReader((byte[])[.. bytes, (byte)'+']);
        Assert.True(whole.TryReadReply(out var reply));
        Assert.Equal((kind, text, bytes.Length), (reply.Kind, reply.Text, whole.Consumed));
    }

    [Fact]
    public void Lists_and_maps_are_read_to_the_end()
    {
        var reader = new RespReader("%2\r\n+role\r\n$6\r\nmaster\r\n$5\r\nslots\r\n*2\r\n:1\r\n*1\r\n:2\r\n+next\r\n"u8);
        Assert.True(reader.TryReadReply(out var map));
        Assert.Equal("master", map["role"]);
        Assert.Null(map["mode"]);
        Assert.Equal(2, map.Items[3].Items[1].Items[0].Integer);
        Assert.True(reader.TryReadReply(out var next));
        Assert.Equal("next", next.Text);
        Assert.False(reader.HasData);
    }

    [Fact]
    public void Pushes_are_taken_when_they_are_complete()
    {
        var bytes = ">3\r\n$7\r\nmessage\r\n$3\r\na:b\r\n$4\r\n\r\n\0x\r\n>3\r\n$9\r\nsubscribe\r\n$1\r\nc\r\n:1\r\n"u8;
        var first = bytes.LastIndexOf((byte)'>');
        for (var length = 1; length < first; length++)
        {
            var part = new RespReader(bytes[..length]);
            Assert.True(part.IsPush);
            Assert.False(part.TryReadPush(out _));
            Assert.Equal(0, part.Consumed);
        }

        var reader = new RespReader(bytes);
        Assert.True(reader.TryReadPush(out var message));
        Assert.True(message.Kind.SequenceEqual("message"u8) && message.Channel.SequenceEqual("a:b"u8) && message.Payload.SequenceEqual("\r\n\0x"u8));
        Assert.True(reader.TryReadPush(out var confirmation));
        Assert.True(confirmation.Kind.SequenceEqual("subscribe"u8) && confirmation.Channel.SequenceEqual("c"u8));
        Assert.Equal(bytes.Length, reader.Consumed);
    }

    [Fact]
    public void A_string_that_is_not_there_needs_nothing_behind_it()
    {
        var reader = new RespReader("$-1\r\n"u8);
        Assert.True(reader.TryReadReply(out var reply));
        Assert.Equal("", reply.Text);
        Assert.False(reader.HasData);
    }

    [Fact]
    public void Lists_in_lists_without_end_are_another_protocol_and_not_the_end_of_the_process()
    {
        var bytes = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat("*1\r\n", 1_000_000)));
        Assert.Throws<InvalidDataException>(() => new RespReader(bytes).TryReadReply(out _));
    }

    [Theory]
    [InlineData("HTTP/1.1 400 Bad Request\r\n")]
    [InlineData("$x\r\n")]
    [InlineData("*99999999999\r\n")]
    [InlineData("$-2\r\n")]
    [InlineData("*-2\r\n")]
    [InlineData(":x\r\n")]
    [InlineData(": 1\r\n")]
    [InlineData(":99999999999999999999\r\n")]
    public void Another_protocol_is_noticed(string wire) => Assert.Throws<InvalidDataException>(() => new RespReader(Encoding.UTF8.GetBytes(wire)).TryReadReply(out _));
}
