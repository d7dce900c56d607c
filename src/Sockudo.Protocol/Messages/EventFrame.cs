using System.Text;
using Sockudo.Protocol.Json;
using Sockudo.Protocol.WebSockets;

namespace Sockudo.Protocol.Messages;

/// <summary>
/// The frame of an application event (T-8) or relayed client event (CE-5 to CE-7), built once, straight from the bytes
/// that the publisher sent: <c>{"event":name,"data":"…","channel":ch[,"user_id":"…"]}</c>.
/// </summary>
public static class EventFrame
{
    private const int StackBytes = 512;

    /// <summary>Builds the frame in one allocation.</summary>
    /// <param name="name">The name of the event as a JSON string, quotes included.</param>
    /// <param name="data">
    /// A string is passed on as it is; any other value becomes a string that holds its source text, so that the text of
    /// numbers and the order of keys survive (CE-5, T-3).
    /// </param>
    /// <param name="channel">Name of the channel.</param>
    /// <param name="userId">Sender of a client event on a presence channel, else null (CE-7).</param>
    public static Frame Create(ReadOnlySpan<byte> name, JsonValue data, string channel, string? userId = null)
    {
        Span<byte> channelBuffer = stackalloc byte[StackBytes];
        var channelJson = Quote(channel, channelBuffer);
        Span<byte> userBuffer = stackalloc byte[StackBytes];
        var userJson = userId is null ? [] : Quote(userId, userBuffer);

        var dataLength = data.IsString ? data.Raw.Length : JsonText.EscapedLength(data.Raw) + 2;
        var length = """{"event":,"data":,"channel":}"""u8.Length + name.Length + dataLength + channelJson.Length;
        if (userId is not null)
            length += ""","user_id":"""u8.Length + userJson.Length;

        var frame = Frame.Allocate(Opcode.Text, length, out var payload);
        Append(ref payload, """{"event":"""u8);
        Append(ref payload, name);
        Append(ref payload, ""","data":"""u8);
        if (data.IsString)
        {
            Append(ref payload, data.Raw);
        }
        else
        {
            Append(ref payload, "\""u8);
            payload = payload[JsonText.Escape(data.Raw, payload)..];
            Append(ref payload, "\""u8);
        }

        Append(ref payload, ""","channel":"""u8);
        Append(ref payload, channelJson);
        if (userId is not null)
        {
            Append(ref payload, ""","user_id":"""u8);
            Append(ref payload, userJson);
        }

        Append(ref payload, "}"u8);
        return frame;
    }

    /// <summary>
    /// What a cache channel keeps of an event: <c>{"event":name,"data":"…"}</c>, the frame's payload without its channel.
    /// </summary>
    /// <param name="frame">A frame of <see cref="Create"/> without user id.</param>
    /// <param name="channel">The channel that it was made for.</param>
    public static byte[] BodyOf(Frame frame, string channel)
    {
        Span<byte> channelBuffer = stackalloc byte[StackBytes];
        var tail = ""","channel":}"""u8.Length + Quote(channel, channelBuffer).Length;
        var body = new byte[frame.PayloadLength - tail + 1];
        frame.Payload[..^tail].CopyTo(body);
        body[^1] = (byte)'}';
        return body;
    }

    /// <summary>The frame that <see cref="BodyOf"/> came from, byte for byte (K-5).</summary>
    public static Frame FromBody(ReadOnlySpan<byte> body, string channel)
    {
        Span<byte> channelBuffer = stackalloc byte[StackBytes];
        var channelJson = Quote(channel, channelBuffer);
        var frame = Frame.Allocate(Opcode.Text, body.Length + ""","channel":"""u8.Length + channelJson.Length, out var payload);
        Append(ref payload, body[..^1]);
        Append(ref payload, ""","channel":"""u8);
        Append(ref payload, channelJson);
        Append(ref payload, "}"u8);
        return frame;
    }

    private static ReadOnlySpan<byte> Quote(string text, Span<byte> buffer)
    {
        // Ordinary names are ASCII without anything to escape; only user ids can be longer or stranger.
        Span<byte> utf8 = text.Length * 3 <= StackBytes ? stackalloc byte[StackBytes] : new byte[text.Length * 3];
        utf8 = utf8[..Encoding.UTF8.GetBytes(text, utf8)];
        var length = JsonText.EscapedLength(utf8) + 2;
        if (length > buffer.Length)
            buffer = new byte[length];
        buffer[0] = (byte)'"';
        JsonText.Escape(utf8, buffer[1..]);
        buffer[length - 1] = (byte)'"';
        return buffer[..length];
    }

    private static void Append(ref Span<byte> destination, scoped ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(destination);
        destination = destination[bytes.Length..];
    }
}
