using System.Buffers;
using System.Buffers.Text;
using System.Diagnostics;

namespace Sockudo.Load.Engine;

/// <summary>
/// What every message of the load begins its data with: its number within its channel (10 digits) and the time it was due
/// (14 digits of microseconds since the generator started). By it a receiver knows loss, repetition, order and latency.
/// </summary>
internal static class MessageStamp
{
    /// <summary>Characters of a stamp.</summary>
    public const int Length = SequenceLength + TimeLength;

    private const int SequenceLength = 10;
    private const int TimeLength = 14;

    private static readonly long Started = Stopwatch.GetTimestamp();

    private static ReadOnlySpan<byte> DataMember => "\"data\":\""u8;

    /// <summary>Microseconds since the generator started.</summary>
    public static long Now => Stopwatch.GetElapsedTime(Started).Ticks / TimeSpan.TicksPerMicrosecond;

    /// <summary>Where the stamp is in a message that has one.</summary>
    public static int IndexIn(ReadOnlySpan<byte> message) => message.IndexOf(DataMember) + DataMember.Length;

    /// <summary>Data of so many characters with room for a stamp in front.</summary>
    public static string Template(int length) => new string('0', Length).PadRight(Math.Max(length, Length), 'x');

    public static void Write(Span<byte> destination, long sequence, long time)
    {
        Utf8Formatter.TryFormat(sequence, destination, out _, new StandardFormat('D', SequenceLength));
        Utf8Formatter.TryFormat(time, destination[SequenceLength..], out _, new StandardFormat('D', TimeLength));
    }

    public static (long Sequence, long Time) Read(ReadOnlySpan<byte> message)
    {
        var stamp = message.Slice(IndexIn(message), Length);
        return (Number(stamp[..SequenceLength]), Number(stamp[SequenceLength..]));
    }

    private static long Number(ReadOnlySpan<byte> digits)
    {
        var number = 0L;
        foreach (var digit in digits)
            number = (number * 10) + (digit - '0');
        return number;
    }
}
