using System.Text;
using FsCheck.Xunit;
using Sockudo.Protocol.WebSockets;
using Xunit;

namespace Sockudo.Protocol.Tests.WebSockets;

public class FrameTests
{
    [Theory]
    [InlineData(0, 2)]
    [InlineData(125, 2)]
    [InlineData(126, 4)]
    [InlineData(65535, 4)]
    [InlineData(65536, 10)]
    public void Section_5_2_The_length_takes_the_least_number_of_bytes(int length, int header)
    {
        var frame = Frame.Create(Opcode.Text, new byte[length]);
        Assert.Equal(header + length, frame.Length);
        Assert.Equal(length, frame.PayloadLength);
        Assert.Equal(0x81, frame.Bytes[0]);
        Assert.Equal(0, frame.Bytes[1] & 0x80);
    }

    [Fact]
    public void C8_A_close_reason_is_cut_at_123_bytes_of_whole_characters()
    {
        var frame = Frame.Close(4001, string.Concat(Enumerable.Repeat("é", 100)));
        Assert.Equal(2 + 122, frame.PayloadLength);
        Assert.Equal(string.Concat(Enumerable.Repeat("é", 61)), Encoding.UTF8.GetString(frame.Payload[2..]));
    }

    [Property]
    public void Section_5_3_Masking_is_the_exclusive_or_at_every_offset(byte[]? data, uint mask, byte offset)
    {
        var bytes = data ?? [];
        var expected = bytes.Select((value, index) => (byte)(value ^ BitConverter.GetBytes(mask)[(index + offset) & 3])).ToArray();
        var masked = (byte[])bytes.Clone();
        Masking.Apply(masked, mask, offset);
        Assert.Equal(expected, masked);
        Masking.Apply(masked, mask, offset);
        Assert.Equal(bytes, masked);
    }

    [Theory]
    [InlineData(new byte[] { }, null)]
    [InlineData(new byte[] { 0x03, 0xE8 }, 1000)]
    [InlineData(new byte[] { 0x03 }, 1002)]
    [InlineData(new byte[] { 0x03, 0xED }, 1002)]
    [InlineData(new byte[] { 0x03, 0xE8, 0xFF }, 1007)]
    public void Section_5_5_1_The_answer_to_a_close(byte[] payload, int? answer) => Assert.Equal(answer, ClosePayload.AnswerTo(payload));
}
