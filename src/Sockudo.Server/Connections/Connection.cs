using System.IO.Pipelines;
using Sockudo.Protocol;
using Sockudo.Protocol.Messages;
using Sockudo.Protocol.WebSockets;
using Sockudo.Server.Sessions;

namespace Sockudo.Server.Connections;

/// <summary>
/// One WebSocket: its outbound queue, its closing and its deadlines. What the client may say and hear is its
/// <see cref="Session"/>'s affair, reading that of its <see cref="ConnectionReader"/>. <see cref="Send"/> and
/// <see cref="Close(PusherError)"/> may be called from anywhere, never wait and never throw.
/// </summary>
internal sealed class Connection
{
    private readonly ConnectionSettings _settings;
    private readonly ConnectionOutput _output;

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
        Input = input;
        _output = output;
        Loop = settings.Loops.Assign();
        _lastActivity = settings.Clock.Now;
        if (handshake is not null)
            _queue.Add(handshake);
    }

    /// <summary>What the client sends; belongs to the reader.</summary>
    public PipeReader Input { get; }

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

    /// <summary>Whether the transport has ended or was cut off.</summary>
    public bool IsClosed => _phase == ConnectionPhase.Closed;

    /// <summary>Whose connection this is; null for one that is refused (C-6).</summary>
    public Session? Session { get; set; }

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
            // An event is never larger than half of the bound, but a roster can be larger than all of it: that alone makes nobody
            // a slow consumer.
            if (_queue.Bytes + Math.Min(frame.Length, _settings.MaxPendingBytes / 2) > _settings.MaxPendingBytes)
            {
                BeginClose(PusherError.SlowConsumer);
                // The reader must leave the channels now. Not from here: callers hold the lock of one of them.
                ThreadPool.UnsafeQueueUserWorkItem(static input => input.CancelPendingRead(), Input, preferLocal: false);
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
        Input.CancelPendingRead();
    }

    /// <summary>
    /// Sends a close frame without a Pusher error: the answer to the peer's, or a breach of RFC 6455. Called by the reader only.
    /// </summary>
    public void CloseWith(Frame closeFrame)
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

    /// <summary>Cuts the connection off.</summary>
    public void Abort()
    {
        lock (this)
            _phase = ConnectionPhase.Closed;
        _output.Abort();
    }

    /// <summary>The transport has ended: nothing that is still queued can be of use.</summary>
    public void Ended()
    {
        lock (this)
        {
            _phase = ConnectionPhase.Closed;
            _queue.Clear();
            _flushed?.TrySetResult();
        }
    }

    /// <summary>H-3: any inbound frame counts as activity.</summary>
    public void Heard()
    {
        Volatile.Write(ref _lastActivity, _settings.Clock.Now);
        _isProbed = false;
    }

    /// <summary>Completes when no more than so many bytes are queued, or nothing can be sent any more. For the reader only.</summary>
    public Task FlushedAsync(int below)
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
            Session?.Send(ServerMessages.Ping);
        }
        else if (now >= _deadline)
        {
            Close(PusherError.NoPong);
        }
    }

    private void BeginClose(PusherError error)
    {
        CloseReason = error;
        var message = ServerMessages.Error(error);
        _queue.Add(message);
        Session?.Scope.Counters.MessagesSent(1, message.PayloadLength);
        // C-8: no attacker-controlled text in the reason beyond what fits; Frame.Close cuts it.
        BeginClose(Frame.Close((ushort)error.Code!.Value, error.Message));
    }

    private void BeginClose(Frame closeFrame)
    {
        _queue.Add(closeFrame);
        _phase = ConnectionPhase.Closing;
        _deadline = _settings.Clock.Now + ConnectionSettings.CloseTimeout;
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
}
