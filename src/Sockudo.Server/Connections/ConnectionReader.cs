using System.Buffers;
using System.IO.Pipelines;
using Microsoft.AspNetCore.Connections;
using Sockudo.Protocol;
using Sockudo.Protocol.Messages;
using Sockudo.Protocol.WebSockets;
using Sockudo.Server.Metrics;
using Sockudo.Server.Sessions;

namespace Sockudo.Server.Connections;

/// <summary>
/// The reading side of one connection: takes messages out of the transport's pipe, gives them to the session one after the
/// other, and ends with the closing handshake. Nothing else reads from the pipe.
/// </summary>
internal sealed class ConnectionReader(Connection connection, ConnectionSettings settings) : IDisposable
{
    private readonly PipeReader _input = connection.Input;
    private readonly MessageReader _messages = new(settings.MaxMessageBytes);

    /// <summary>
    /// Reads until the connection ends and gives each message to the session. Ends without exception, whatever the peer does.
    /// The session is ended before the closing handshake is waited for.
    /// </summary>
    public async Task RunAsync(Session session)
    {
        connection.Session = session;
        try
        {
            var peerIsDone = await ReceiveAsync(session).ConfigureAwait(false);
            session.End();
            await FinishAsync(peerIsDone).ConfigureAwait(false);
        }
        catch (Exception exception) when (IsTransportFailure(exception))
        {
            // The transport broke, or was cut off by the heartbeat or by ourselves.
        }
        finally
        {
            session.End();
            connection.Ended();
        }
    }

    /// <summary>C-6: exactly the error and a close frame are sent to a connection that is refused; its messages are ignored.</summary>
    public async Task RefuseAsync(PusherError error)
    {
        try
        {
            connection.Close(error);
            await FinishAsync(peerIsDone: false).ConfigureAwait(false);
        }
        catch (Exception exception) when (IsTransportFailure(exception))
        {
            // As in RunAsync.
        }
        finally
        {
            connection.Ended();
        }
    }

    public void Dispose() => _messages.Dispose();

    private static bool IsTransportFailure(Exception exception) =>
        exception is IOException or OperationCanceledException or InvalidOperationException or ConnectionAbortedException;

    // True if the peer is gone or has sent its close frame; false if this side has to close.
    private async Task<bool> ReceiveAsync(Session session)
    {
        while (true)
        {
            var result = await _input.ReadAsync().ConfigureAwait(false);
            var buffer = result.Buffer;
            if (!buffer.IsEmpty)
                connection.Heard();

            while (connection.IsOpen)
            {
                var outcome = TakeMessage(ref buffer, session, out var handling);
                if (outcome == Outcome.Incomplete)
                    break;
                if (outcome == Outcome.PeerClosed)
                {
                    _input.AdvanceTo(buffer.Start);
                    return true;
                }

                if (!handling.IsCompletedSuccessfully)
                    await handling.ConfigureAwait(false);
                // A client that asks faster than it reads the answers is made to wait, as TCP would do it: only what others
                // send may fill its queue to the bound.
                if (connection.PendingBytes > settings.MaxPendingBytes / 2)
                    await connection.FlushedAsync(settings.MaxPendingBytes / 4).ConfigureAwait(false);
            }

            // What came behind the message that closed the connection has not been looked at: the peer's close frame may be in it.
            var isOpen = connection.IsOpen;
            _input.AdvanceTo(buffer.Start, isOpen ? buffer.End : buffer.Start);
            if (!isOpen)
                return false;
            if (result.IsCompleted)
            {
                // Gone without a closing handshake: nothing that is still queued can be of use.
                connection.Ended();
                return true;
            }
        }
    }

    private Outcome TakeMessage(ref ReadOnlySequence<byte> buffer, Session session, out ValueTask handling)
    {
        handling = default;
        if (buffer.IsEmpty)
            return Outcome.Incomplete;
        switch (_messages.Read(ref buffer, out var message))
        {
            case MessageReaderResult.Incomplete:
                return Outcome.Incomplete;
            case MessageReaderResult.Message when message.Opcode == Opcode.Close:
                // RFC 6455 section 5.5.1: answer with the same code; the server then ends the TCP connection.
                connection.CloseWith(ClosePayload.AnswerTo(message.Payload) is { } code ? Frame.Close(code, "") : Frame.CloseWithoutCode());
                return Outcome.PeerClosed;
            case MessageReaderResult.Message:
                handling = Handle(message, session);
                break;
            case MessageReaderResult.InvalidPayload:
                connection.CloseWith(Frame.Close(CloseCode.InvalidPayload, "Text messages must be UTF-8"));
                break;
            case MessageReaderResult.TooBig:
                session.Scope.Counters.ConnectionError(ConnectionErrorType.MessageTooLarge);
                connection.CloseWith(Frame.Close(CloseCode.MessageTooBig, $"Messages may have at most {settings.MaxMessageBytes} bytes"));
                break;
            default:
                session.Scope.Counters.ConnectionError(ConnectionErrorType.ProtocolError);
                connection.CloseWith(Frame.Close(CloseCode.ProtocolError, "WebSocket protocol error"));
                break;
        }

        return Outcome.Handled;
    }

    private static ValueTask Handle(in ReceivedMessage message, Session session)
    {
        switch (message.Opcode)
        {
            case Opcode.Text:
                return session.ReceiveAsync(message.Payload);
            case Opcode.Binary:
                session.Send(ServerMessages.Error(PusherError.BinaryNotSupported)); // F-2
                break;
            case Opcode.Ping:
                session.Connection.Send(Frame.Create(Opcode.Pong, message.Payload)); // H-2
                break;
        }

        return default;
    }

    // The closing handshake: what is queued goes out, then the peer's close frame is waited for. The heartbeat ends the waiting.
    private async Task FinishAsync(bool peerIsDone)
    {
        await connection.FlushedAsync(below: 0).ConfigureAwait(false);
        while (!peerIsDone && !connection.IsClosed)
        {
            var result = await _input.ReadAsync().ConfigureAwait(false);
            var buffer = result.Buffer;
            peerIsDone = FindClose(ref buffer) || result.IsCompleted;
            _input.AdvanceTo(buffer.Start, buffer.End);
        }
    }

    // Everything but the peer's close frame is ignored now; after a protocol error nothing can be made out any more.
    private bool FindClose(ref ReadOnlySequence<byte> buffer)
    {
        while (!buffer.IsEmpty)
        {
            switch (_messages.Read(ref buffer, out var message))
            {
                case MessageReaderResult.Incomplete:
                    return false;
                case MessageReaderResult.Message when message.Opcode == Opcode.Close:
                    return true;
                case MessageReaderResult.Message or MessageReaderResult.InvalidPayload:
                    continue;
                default:
                    buffer = buffer.Slice(buffer.End);
                    return false;
            }
        }

        return false;
    }

    private enum Outcome
    {
        Incomplete,
        Handled,
        PeerClosed,
    }
}
