using System.Buffers;
using System.IO.Pipelines;
using Sockudo.Protocol;
using Sockudo.Protocol.Messages;
using Sockudo.Protocol.WebSockets;
using Sockudo.Server.Sessions;

namespace Sockudo.Server.Connections;

/// <summary>
/// One WebSocket: its outbound queue, its closing handshake and its deadlines. What the client may say and hear is its
/// <see cref="Session"/>'s affair. <see cref="Send"/> and <see cref="Close(PusherError)"/> may be called from
/// anywhere, never wait and never throw; reading belongs to <see cref="RunAsync"/> alone.
/// </summary>
internal sealed class Connection
{
    private readonly ConnectionSettings _settings;
    private readonly ConnectionOutput _output;
    private readonly PipeReader _input;

    // Guarded by the lock on this object, which no other code sees: a lock object of its own would cost every idle
    // connection 24 bytes.
    private OutboundQueue _queue;
    private bool _isScheduled;
    private ConnectionPhase _phase;

    // Completed when no more than this many bytes are left; only the reader waits for it.
    private TaskCompletionSource? _flushed;
    private int _flushedBelow;

    // Milliseconds of the coarse clock; written by the reader, read by the heartbeat, both without a lock.
    private long _lastActivity;
    private long _deadline;
    private volatile bool _isProbed;

    /// <param name="settings">What all connections share.</param>
    /// <param name="input">What the client sends, from the first frame on.</param>
    /// <param name="output">The transport's sending side.</param>
    /// <param name="handshake">Answer to the opening handshake, sent together with the first message; null if it has been sent.</param>
    public Connection(ConnectionSettings settings, PipeReader input, ConnectionOutput output, Frame? handshake)
    {
        _settings = settings;
        _input = input;
        _output = output;
        Loop = settings.Loops.Assign();
        _lastActivity = settings.Clock.Now;
        if (handshake is not null)
            _queue.Add(handshake);
    }

    /// <summary>Next in a write loop's list; belongs to whoever scheduled the connection.</summary>
    public Connection? NextReady { get; set; }

    /// <summary>Index of the connection's write loop.</summary>
    public int Loop { get; }

    /// <summary>Place in the <see cref="ConnectionRegistry"/>.</summary>
    public int RegistryIndex { get; set; }

    /// <summary>Stripe of the <see cref="ConnectionRegistry"/>.</summary>
    public byte RegistryStripe { get; set; }

    /// <summary>Bytes queued and not yet taken by the transport.</summary>
    public int PendingBytes => _queue.Bytes;

    /// <summary>Whether the connection still takes messages.</summary>
    public bool IsOpen => _phase == ConnectionPhase.Open;

    /// <summary>Whose connection this is; null for one that is refused (C-6).</summary>
    public Session? Session { get; private set; }

    /// <summary>The reason for which the server closed the connection; null if it did not.</summary>
    public PusherError? CloseReason { get; private set; }

    /// <summary>Queues a frame. At the bound of the queue the connection is closed with 4100 instead.</summary>
    public void Send(Frame frame)
    {
        if (Enqueue(frame))
            _settings.Loops[Loop].Schedule(this);
    }

    /// <summary>
    /// Queues a frame without waking the write loop; true if the caller must do that. Frames for a connection that is
    /// closing are dropped: its client has been told.
    /// </summary>
    public bool Enqueue(Frame frame)
    {
        lock (this)
        {
            if (_phase != ConnectionPhase.Open)
                return false;
            if (_queue.Bytes + frame.Length > _settings.MaxPendingBytes)
            {
                BeginClose(PusherError.SlowConsumer);
                // The reader must leave the channels now. Not from here: callers hold the lock of one of them.
                ThreadPool.UnsafeQueueUserWorkItem(static input => input.CancelPendingRead(), _input, preferLocal: false);
            }
            else
            {
                _queue.Add(frame);
            }

            return MarkScheduled();
        }
    }

    /// <summary>
    /// C-4: sends <c>pusher:error</c> and a close frame with the same code, and gives the client 2 s to answer it.
    /// </summary>
    public void Close(PusherError error)
    {
        bool schedule;
        lock (this)
        {
            if (_phase != ConnectionPhase.Open)
                return;
            BeginClose(error);
            schedule = MarkScheduled();
        }

        if (schedule)
            _settings.Loops[Loop].Schedule(this);
        _input.CancelPendingRead();
    }

    /// <summary>Cuts the connection off.</summary>
    public void Abort()
    {
        lock (this)
            _phase = ConnectionPhase.Closed;
        _output.Abort();
    }

    /// <summary>
    /// Reads until the connection ends and gives each message to <paramref name="session"/>. Ends without exception,
    /// whatever the peer does. The session is ended before the closing handshake is waited for.
    /// </summary>
    public async Task RunAsync(Session session)
    {
        Session = session;
        using var reader = new MessageReader(_settings.MaxMessageBytes);
        try
        {
            var peerIsDone = await ReceiveAsync(reader, session).ConfigureAwait(false);
            session.End();
            await FinishAsync(reader, peerIsDone).ConfigureAwait(false);
        }
        catch (Exception exception) when (IsTransportFailure(exception))
        {
            // The transport broke, or was cut off by the heartbeat or by ourselves.
        }
        finally
        {
            session.End();
            Ended();
        }
    }

    /// <summary>C-6: exactly the error and a close frame are sent to a connection that is refused; its messages are ignored.</summary>
    public async Task RefuseAsync(PusherError error)
    {
        using var reader = new MessageReader(_settings.MaxMessageBytes);
        try
        {
            Close(error);
            await FinishAsync(reader, peerIsDone: false).ConfigureAwait(false);
        }
        catch (Exception exception) when (IsTransportFailure(exception))
        {
            // As in RunAsync.
        }
        finally
        {
            Ended();
        }
    }

    /// <summary>Sends what is queued. Called by the connection's write loop only.</summary>
    public void Flush(byte[] scratch)
    {
        while (true)
        {
            ReadOnlySpan<byte> data;
            lock (this)
            {
                if (_queue.IsEmpty || _phase == ConnectionPhase.Closed)
                {
                    FlushEnded();
                    return;
                }

                data = _queue.Peek(scratch);
            }

            var sent = _output.TrySend(data);
            if (sent < 0)
            {
                Abort();
                lock (this)
                    FlushEnded();
                return;
            }

            lock (this)
            {
                Consume(sent);
                if (_queue.IsEmpty)
                {
                    FlushEnded();
                    return;
                }
            }

            if (sent < data.Length)
            {
                _ = FinishSlowlyAsync();
                return;
            }
        }
    }

    /// <summary>One look at the connection's deadlines (section 2, U-18). Called by the heartbeat only.</summary>
    public void Tick(long now)
    {
        if (_phase == ConnectionPhase.Closing)
        {
            if (now >= _deadline)
                Abort();
            return;
        }

        if (Session is { IsAuthorized: false } session && now - session.Since >= _settings.AuthorizationTimeout)
        {
            Close(PusherError.NotAuthorizedInTime);
        }
        else if (!_isProbed)
        {
            // H-4: a WebSocket ping for libraries that only answer those, and the event for everyone else.
            if (now - Volatile.Read(ref _lastActivity) < _settings.ActivityTimeout)
                return;
            _deadline = now + _settings.PongTimeout;
            _isProbed = true;
            Send(Frame.EmptyPing);
            Send(ServerMessages.Ping);
        }
        else if (now >= _deadline)
        {
            Close(PusherError.NoPong);
        }
    }

    // True if the peer is gone or has sent its close frame; false if this side has to close.
    private async Task<bool> ReceiveAsync(MessageReader reader, Session session)
    {
        while (true)
        {
            var result = await _input.ReadAsync().ConfigureAwait(false);
            var buffer = result.Buffer;
            if (!buffer.IsEmpty)
            {
                // H-3: any inbound frame counts as activity.
                Volatile.Write(ref _lastActivity, _settings.Clock.Now);
                _isProbed = false;
            }

            while (_phase == ConnectionPhase.Open)
            {
                var outcome = TakeMessage(reader, ref buffer, session, out var handling);
                if (outcome == MessageOutcome.Incomplete)
                    break;
                if (outcome == MessageOutcome.PeerClosed)
                {
                    _input.AdvanceTo(buffer.Start);
                    return true;
                }

                if (!handling.IsCompletedSuccessfully)
                    await handling.ConfigureAwait(false);
                // A client that asks faster than it reads the answers is made to wait, as TCP would do it: only what others
                // send may fill its queue to the bound.
                if (PendingBytes > _settings.MaxPendingBytes / 2)
                    await FlushedAsync(_settings.MaxPendingBytes / 4).ConfigureAwait(false);
            }

            _input.AdvanceTo(buffer.Start, buffer.End);
            if (_phase != ConnectionPhase.Open)
                return false;
            if (result.IsCompleted)
            {
                // Gone without a closing handshake: nothing that is still queued can be of use.
                lock (this)
                    _phase = ConnectionPhase.Closed;
                return true;
            }
        }
    }

    private async Task FinishAsync(MessageReader reader, bool peerIsDone)
    {
        await FlushedAsync(below: 0).ConfigureAwait(false);
        if (!peerIsDone && _phase != ConnectionPhase.Closed)
            await WaitForCloseAsync(reader).ConfigureAwait(false);
    }

    private void Ended()
    {
        lock (this)
        {
            _phase = ConnectionPhase.Closed;
            _queue.Clear();
            _flushed?.TrySetResult();
        }
    }

    private static bool IsTransportFailure(Exception exception) =>
        exception is IOException or OperationCanceledException or InvalidOperationException or Microsoft.AspNetCore.Connections.ConnectionAbortedException;

    private MessageOutcome TakeMessage(
        MessageReader reader, ref ReadOnlySequence<byte> buffer, Session session, out ValueTask handling)
    {
        handling = default;
        if (buffer.IsEmpty)
            return MessageOutcome.Incomplete;
        switch (reader.Read(ref buffer, out var message))
        {
            case MessageReaderResult.Incomplete:
                return MessageOutcome.Incomplete;
            case MessageReaderResult.Message when message.Opcode == Opcode.Close:
                // RFC 6455 section 5.5.1: answer with the same code; the server then ends the TCP connection.
                CloseWith(ClosePayload.AnswerTo(message.Payload) is { } code ? Frame.Close(code, "") : Frame.CloseWithoutCode());
                return MessageOutcome.PeerClosed;
            case MessageReaderResult.Message:
                handling = Handle(message, session);
                return MessageOutcome.Handled;
            case MessageReaderResult.InvalidPayload:
                CloseWith(Frame.Close(CloseCode.InvalidPayload, "Text messages must be UTF-8"));
                return MessageOutcome.Handled;
            case MessageReaderResult.TooBig:
                session.Scope.Counters.ConnectionError(Metrics.ConnectionErrorType.MessageTooLarge);
                CloseWith(Frame.Close(CloseCode.MessageTooBig, $"Messages may have at most {_settings.MaxMessageBytes} bytes"));
                return MessageOutcome.Handled;
            default:
                session.Scope.Counters.ConnectionError(Metrics.ConnectionErrorType.ProtocolError);
                CloseWith(Frame.Close(CloseCode.ProtocolError, "WebSocket protocol error"));
                return MessageOutcome.Handled;
        }
    }

    private ValueTask Handle(in ReceivedMessage message, Session session)
    {
        switch (message.Opcode)
        {
            case Opcode.Text:
                return session.ReceiveAsync(message.Payload);
            case Opcode.Binary:
                Send(ServerMessages.Error(PusherError.BinaryNotSupported)); // F-2
                break;
            case Opcode.Ping:
                Send(Frame.Create(Opcode.Pong, message.Payload)); // H-2
                break;
        }

        return default;
    }

    private async Task WaitForCloseAsync(MessageReader reader)
    {
        while (true)
        {
            var result = await _input.ReadAsync().ConfigureAwait(false);
            var buffer = result.Buffer;
            var isClosed = FindClose(reader, ref buffer);
            _input.AdvanceTo(buffer.Start, buffer.End);
            if (isClosed || result.IsCompleted || _phase == ConnectionPhase.Closed)
                return;
        }
    }

    // Everything but the peer's close frame is ignored now; after a protocol error nothing can be made out any more.
    private static bool FindClose(MessageReader reader, ref ReadOnlySequence<byte> buffer)
    {
        while (!buffer.IsEmpty)
        {
            switch (reader.Read(ref buffer, out var message))
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

    private void BeginClose(PusherError error)
    {
        CloseReason = error;
        _queue.Add(ServerMessages.Error(error));
        // C-8: no attacker-controlled text in the reason beyond what fits; Frame.Close cuts it.
        BeginClose(Frame.Close((ushort)error.Code!.Value, error.Message));
    }

    private void BeginClose(Frame closeFrame)
    {
        _queue.Add(closeFrame);
        _phase = ConnectionPhase.Closing;
        _deadline = _settings.Clock.Now + ConnectionSettings.CloseTimeout;
    }

    // A close frame without a Pusher error: the answer to the peer's, or a breach of RFC 6455.
    private void CloseWith(Frame closeFrame)
    {
        bool schedule;
        lock (this)
        {
            if (_phase != ConnectionPhase.Open)
                return;
            BeginClose(closeFrame);
            schedule = MarkScheduled();
        }

        if (schedule)
            _settings.Loops[Loop].Schedule(this);
    }

    private void Consume(int sent)
    {
        // Empty by itself: the connection has ended while the transport was sending.
        if (!_queue.IsEmpty)
            _queue.Consume(sent);
        if (_queue.Bytes <= _flushedBelow)
            _flushed?.TrySetResult();
    }

    private bool MarkScheduled()
    {
        if (_isScheduled)
            return false;
        _isScheduled = true;
        return true;
    }

    private void FlushEnded()
    {
        _isScheduled = false;
        _flushed?.TrySetResult();
    }

    private async Task FinishSlowlyAsync()
    {
        ReadOnlyMemory<byte> first;
        lock (this)
            first = _queue.IsEmpty ? default : _queue.PeekFirst();

        var sent = await _output.SendWhenReadyAsync(first).ConfigureAwait(false);
        if (sent < 0)
            Abort();
        else if (sent > 0)
            lock (this)
                Consume(sent);
        _settings.Loops[Loop].Schedule(this);
    }

    private Task FlushedAsync(int below)
    {
        lock (this)
        {
            if (!_isScheduled || _phase == ConnectionPhase.Closed || _queue.Bytes <= below)
                return Task.CompletedTask;
            _flushedBelow = below;
            _flushed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            return _flushed.Task;
        }
    }

    private enum MessageOutcome
    {
        Incomplete,
        Handled,
        PeerClosed,
    }
}
