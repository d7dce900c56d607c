using System.Buffers;
using System.IO.Pipelines;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Sockudo.Protocol.WebSockets;
using Sockudo.Specification;
using Sockudo.Specification.Conformance;

namespace Sockudo.Tests.Specification.Conformance;

/// <summary>The frame code alone, without the Pusher protocol: sends every message back.</summary>
public sealed class EchoServer : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);

    public EchoServer()
    {
        _listener.Start();
        Address = new ServerUnderTest(new Uri($"http://{_listener.LocalEndpoint}"));
        _ = AcceptAsync();
    }

    public ServerUnderTest Address { get; }

    public void Dispose() => _listener.Dispose();

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
                _ = ServeAsync(await _listener.AcceptSocketAsync());
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            // The tests have ended.
        }
    }

    private static async Task ServeAsync(Socket socket)
    {
        socket.NoDelay = true;
        await using var stream = new NetworkStream(socket, ownsSocket: true);
        var input = PipeReader.Create(stream);
        try
        {
            await UpgradeAsync(input, stream);
            using var messages = new MessageReader(ConformanceSpec.MaxMessageBytes);
            while (await input.ReadAsync() is { IsCompleted: false } received)
            {
                var buffer = received.Buffer;
                while (TryAnswer(messages, ref buffer, out var answer))
                {
                    await stream.WriteAsync(answer.Bytes);
                    if (answer.Bytes[0] != (0x80 | (byte)Opcode.Close))
                        continue;
                    // What comes now is not heard, but read: a connection that is closed with bytes unread is reset.
                    input.AdvanceTo(received.Buffer.End);
                    socket.Shutdown(SocketShutdown.Send);
                    await stream.CopyToAsync(Stream.Null);
                    return;
                }

                input.AdvanceTo(buffer.Start, buffer.End);
            }
        }
        catch (IOException)
        {
            // The client has gone.
        }
    }

    private static async Task UpgradeAsync(PipeReader input, Stream output)
    {
        while (true)
        {
            var received = await input.ReadAsync();
            if (UpgradeRequest.TryParse(received.Buffer.ToArray()) is not { } request)
            {
                input.AdvanceTo(received.Buffer.Start, received.Buffer.End);
                continue;
            }

            input.AdvanceTo(received.Buffer.End);
            await output.WriteAsync(Encoding.ASCII.GetBytes(
                "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                + $"Sec-WebSocket-Accept: {UpgradeRequest.AcceptFor(request.Key)}\r\n\r\n"));
            return;
        }
    }

    // False if there is no answer to what has arrived, or not yet.
    private static bool TryAnswer(MessageReader messages, ref ReadOnlySequence<byte> buffer, out Frame answer)
    {
        answer = Frame.EmptyPing;
        while (!buffer.IsEmpty)
        {
            var result = messages.Read(ref buffer, out var message);
            if (result == MessageReaderResult.Incomplete)
                return false;
            if (result == MessageReaderResult.Message && message.Opcode == Opcode.Pong)
                continue;
            answer = result switch
            {
                MessageReaderResult.InvalidPayload => Frame.Close(CloseCode.InvalidPayload, ""),
                MessageReaderResult.TooBig => Frame.Close(CloseCode.MessageTooBig, ""),
                MessageReaderResult.ProtocolError => Frame.Close(CloseCode.ProtocolError, ""),
                _ => message.Opcode switch
                {
                    Opcode.Close => ClosePayload.AnswerTo(message.Payload) is { } code ? Frame.Close(code, "") : Frame.CloseWithoutCode(),
                    Opcode.Ping => Frame.Create(Opcode.Pong, message.Payload),
                    _ => Frame.Create(message.Opcode, message.Payload),
                },
            };
            return true;
        }

        return false;
    }
}
