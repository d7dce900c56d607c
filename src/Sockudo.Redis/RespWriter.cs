using System.Buffers;
using System.Buffers.Text;
using System.Text;

namespace Sockudo.Redis;

/// <summary>Writes commands: lists of strings, whatever they mean.</summary>
internal static class RespWriter
{
    private const int MaxHeader = 16;

    public static void WriteCount(ArrayBufferWriter<byte> output, int count) => WriteHeader(output, (byte)'*', count);

    public static void WriteString(ArrayBufferWriter<byte> output, ReadOnlySpan<byte> bytes)
    {
        WriteHeader(output, (byte)'$', bytes.Length);
        output.Write(bytes);
        output.Write("\r\n"u8);
    }

    public static void WriteString(ArrayBufferWriter<byte> output, string text)
    {
        var length = Encoding.UTF8.GetByteCount(text);
        WriteHeader(output, (byte)'$', length);
        output.Advance(Encoding.UTF8.GetBytes(text, output.GetSpan(length)));
        output.Write("\r\n"u8);
    }

    private static void WriteHeader(ArrayBufferWriter<byte> output, byte sign, int number)
    {
        var span = output.GetSpan(MaxHeader);
        span[0] = sign;
        Utf8Formatter.TryFormat(number, span[1..], out var digits);
        "\r\n"u8.CopyTo(span[(1 + digits)..]);
        output.Advance(digits + 3);
    }
}
