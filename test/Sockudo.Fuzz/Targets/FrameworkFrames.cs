using System.Buffers.Binary;
using System.Net.WebSockets;
using Sockudo.Protocol.WebSockets;

namespace Sockudo.Fuzz.Targets;

/// <summary>
/// The frames of a client as <see cref="WebSocket"/> reads them. It differs, and may, in this: it gives no control frames but a close, and ends with that; it knows no largest message; it takes
/// a length that is not in the shortest form, and a text that ends within a character if its last fragment is empty; it may look at a header when all of it is there, and see later that a text
/// cannot become UTF-8; and it does not wait for the rest of a close frame of one byte.
/// </summary>
internal static class FrameworkFrames
{
    private enum End
    {
        Close,
        Refused,
        Incomplete,
    }

    /// <summary>Compares what the framework reads with what is right.</summary>
    public static void Compare(byte[] wire, ReferenceFrames reference)
    {
        var ours = Ours(reference, out var end);
        var theirs = Theirs(wire, out var theirEnd);
        if (reference.End == MessageReaderResult.TooBig || reference.EndsInLongLength || reference.EndsInUnfinishedText)
        {
            Finding.Unless(theirs.StartsWith(ours, StringComparison.Ordinal) || end == End.Close, $"WebSocket reads {theirs}, not {ours}");
            if (end != End.Close)
                return;
        }

        Finding.UnlessSame(theirs, ours, "WebSocket reads the same messages");
        if ((theirEnd == End.Refused && end == End.Incomplete && reference.EndsInShortClose) || (theirEnd == End.Incomplete && end == End.Refused && reference.EndsWithinHeader))
            return;
        Finding.UnlessSame(theirEnd, end, "WebSocket ends in the same way");
    }

    private static string Ours(ReferenceFrames reference, out End end)
    {
        var transcript = new FrameTranscript();
        foreach (var (opcode, payload) in reference.Messages)
        {
            if (opcode == Opcode.Close)
            {
                end = ClosePayload.AnswerTo(payload) is CloseCode.ProtocolError or CloseCode.InvalidPayload && !Says(payload, ClosePayload.AnswerTo(payload)!.Value) ? End.Refused : End.Close;
                return transcript.Messages;
            }

            if (opcode is Opcode.Text or Opcode.Binary)
                transcript.Add(opcode, payload);
        }

        end = reference.End == MessageReaderResult.Incomplete ? End.Incomplete : End.Refused;
        return transcript.Messages;
    }

    // A peer may close with 1002 or 1007 itself.
    private static bool Says(byte[] payload, ushort code) =>
        payload.Length >= 2 && BinaryPrimitives.ReadUInt16BigEndian(payload) == code && System.Text.Unicode.Utf8.IsValid(payload.AsSpan(2));

    private static string Theirs(byte[] wire, out End end)
    {
        var transcript = new FrameTranscript();
        using var socket = WebSocket.CreateFromStream(new OneWay(wire), new WebSocketCreationOptions { IsServer = true });
        var buffer = new byte[wire.Length + 1];
        var length = 0;
        try
        {
            while (true)
            {
                // A stream in memory never waits.
                var received = socket.ReceiveAsync(buffer.AsMemory(length), default).AsTask().GetAwaiter().GetResult();
                if (received.MessageType == WebSocketMessageType.Close)
                {
                    end = End.Close;
                    return transcript.Messages;
                }

                length += received.Count;
                if (!received.EndOfMessage)
                    continue;
                transcript.Add(received.MessageType == WebSocketMessageType.Text ? Opcode.Text : Opcode.Binary, buffer.AsSpan(0, length));
                length = 0;
            }
        }
        catch (WebSocketException exception)
        {
            end = exception.WebSocketErrorCode == WebSocketError.ConnectionClosedPrematurely ? End.Incomplete : End.Refused;
            return transcript.Messages;
        }
    }

    // Reads what the client sent; what is answered goes nowhere.
    private sealed class OneWay(byte[] bytes) : MemoryStream(bytes, writable: false)
    {
        public override bool CanWrite => true;

        public override void Write(byte[] buffer, int offset, int count)
        {
        }

        public override void Write(ReadOnlySpan<byte> buffer)
        {
        }

        public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) => Task.CompletedTask;

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) => default;
    }
}
