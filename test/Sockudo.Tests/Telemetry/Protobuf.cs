using System.Text;

namespace Sockudo.Tests.Telemetry;

/// <summary>As much of protobuf as a test needs to find texts in messages.</summary>
internal static class Protobuf
{
    /// <summary>The texts at a path of field numbers, through all repetitions.</summary>
    public static IEnumerable<string> Texts(ReadOnlyMemory<byte> message, int[] path)
    {
        foreach (var (number, value) in Fields(message))
        {
            if (number != path[0])
                continue;
            if (path.Length == 1)
                yield return Encoding.UTF8.GetString(value.Span);
            else
            {
                foreach (var text in Texts(value, path[1..]))
                    yield return text;
            }
        }
    }

    // Fields with a length; the others are passed over.
    private static IEnumerable<(int Number, ReadOnlyMemory<byte> Value)> Fields(ReadOnlyMemory<byte> message)
    {
        while (!message.IsEmpty)
        {
            var tag = ReadVarint(ref message);
            switch (tag & 7)
            {
                case 0:
                    ReadVarint(ref message);
                    break;
                case 1:
                    message = message[sizeof(long)..];
                    break;
                case 2:
                    var length = (int)ReadVarint(ref message);
                    yield return ((int)(tag >> 3), message[..length]);
                    message = message[length..];
                    break;
                default:
                    message = message[sizeof(int)..];
                    break;
            }
        }
    }

    private static ulong ReadVarint(ref ReadOnlyMemory<byte> message)
    {
        var value = 0UL;
        for (var shift = 0; ; shift += 7)
        {
            var next = message.Span[0];
            message = message[1..];
            value |= (ulong)(next & 0x7F) << shift;
            if (next < 0x80)
                return value;
        }
    }
}
