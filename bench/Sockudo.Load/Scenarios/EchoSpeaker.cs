using System.Text;
using Sockudo.Load.Engine;

namespace Sockudo.Load.Scenarios;

/// <summary>One direction of a pair: frames that are ready but for the stamp.</summary>
internal sealed class EchoSpeaker
{
    private readonly LoadConnection _connection;
    private readonly byte[] _frames;
    private readonly int _window;
    private readonly int _header;
    private readonly int _stamp;
    private long _sequence;

    /// <param name="connection">Who speaks.</param>
    /// <param name="pair">On which pair's channel.</param>
    /// <param name="shape">Window and length of a message.</param>
    public EchoSpeaker(LoadConnection connection, int pair, EchoShape shape)
    {
        _connection = connection;
        _window = shape.Window;
        var payload = Encoding.ASCII.GetBytes(
            $"{{\"event\":\"client-load\",\"channel\":\"{Channel(pair)}\",\"data\":\"{MessageStamp.Template(shape.PayloadBytes)}\"}}");
        _header = MaskedFrame.HeaderLength(payload.Length);
        _stamp = MessageStamp.IndexIn(payload);
        var frame = MaskedFrame.Create(payload);
        _frames = [.. Enumerable.Repeat(frame, shape.Window).SelectMany(static copy => copy)];
    }

    /// <summary>Messages of it that have been heard and not yet been followed by another.</summary>
    public int Heard { get; set; }

    public static string Channel(int pair) => $"private-echo-{pair}";

    /// <summary>Sends so many messages, at most a window, at once; returns how many.</summary>
    /// <param name="count">How many.</param>
    /// <param name="due">When they were to leave, for their latency.</param>
    public int Speak(int count, long due)
    {
        Span<byte> stamp = stackalloc byte[MessageStamp.Length];
        var length = _frames.Length / _window;
        for (var i = 0; i < count; i++)
        {
            MessageStamp.Write(stamp, _sequence++, due);
            MaskedFrame.Overwrite(_frames.AsSpan(i * length, length), _header, _stamp, stamp);
        }

        _connection.Send(_frames.AsSpan(0, count * length));
        Heard = 0;
        return count;
    }
}
