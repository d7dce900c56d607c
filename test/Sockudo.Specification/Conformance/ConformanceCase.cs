namespace Sockudo.Specification.Conformance;

/// <summary>
/// A case of the public WebSocket conformance suite: what a client sends, piece by piece, and what it must hear. Every list ends with the server's close frame.
/// </summary>
/// <param name="Id">Its public number.</param>
/// <param name="Sent">One TCP write each; null = the next frame must arrive before the client goes on.</param>
/// <param name="Heard">
/// The frames that must arrive, in this order and no others. A message stands for the server's answer to it, a close frame for its code.
/// </param>
/// <param name="IsClosedByClient">A close frame of the client's is among what is sent, so the server must end the TCP connection by itself.</param>
public sealed record ConformanceCase(string Id, IReadOnlyList<byte[]?> Sent, IReadOnlyList<ServerFrame> Heard, bool IsClosedByClient)
{
    /// <summary>A legal exchange: the client ends it with 1000 and is answered with the same.</summary>
    public static ConformanceCase Clean(string id, IEnumerable<byte[]?> sent, params ServerFrame[] heard) =>
        new(id, [.. sent, Close(1000)], [.. heard, Closed(1000)], IsClosedByClient: true);

    /// <summary>The server fails the connection with this code, and does not hear what comes after the breach.</summary>
    public static ConformanceCase Failing(string id, int code, IEnumerable<byte[]?> sent, params ServerFrame[] heard) =>
        new(id, [.. sent], [.. heard, Closed(code)], IsClosedByClient: false);

    /// <summary>The client's close frame is answered with this code, and what comes after it is not heard.</summary>
    public static ConformanceCase Closing(string id, int code, IEnumerable<byte[]?> sent, params ServerFrame[] heard) =>
        new(id, [.. sent], [.. heard, Closed(code)], IsClosedByClient: true);

    /// <summary>A client's frame.</summary>
    public static byte[] Frame(byte firstByte, string payload = "") => RawWebSocket.Frame(firstByte, System.Text.Encoding.UTF8.GetBytes(payload));

    /// <summary>A client's close frame.</summary>
    public static byte[] Close(int code, params byte[] reason) => RawWebSocket.Frame(0x88, [(byte)(code >> 8), (byte)code, .. reason]);

    /// <summary>All in one write.</summary>
    public static IEnumerable<byte[]> Together(params byte[][] frames) => [Joined(frames)];

    /// <summary>One byte per write.</summary>
    public static IEnumerable<byte[]> ByteByByte(params byte[][] frames) => Chopped(1, frames);

    /// <summary>So many bytes per write, without regard to where frames end.</summary>
    public static IEnumerable<byte[]> Chopped(int size, params byte[][] frames) => Joined(frames).Chunk(size);

    /// <summary>A text message came.</summary>
    public static ServerFrame Text(string text) => new(ServerFrame.TextOpcode, System.Text.Encoding.UTF8.GetBytes(text));

    /// <summary>A pong came.</summary>
    public static ServerFrame Pong(params byte[] payload) => new(ServerFrame.PongOpcode, payload);

    /// <summary>A pong came.</summary>
    public static ServerFrame Pong(string payload) => Pong(System.Text.Encoding.UTF8.GetBytes(payload));

    /// <summary>A close frame came.</summary>
    public static ServerFrame Closed(int code) => new(ServerFrame.CloseOpcode, [(byte)(code >> 8), (byte)code]);

    public override string ToString() => Id;

    private static byte[] Joined(byte[][] frames)
    {
        var all = new byte[frames.Sum(static frame => frame.Length)];
        var at = 0;
        foreach (var frame in frames)
        {
            frame.CopyTo(all, at);
            at += frame.Length;
        }

        return all;
    }
}
