using System.Buffers;
using System.IO.Pipelines;
using System.Runtime.InteropServices;
using System.Threading.Tasks.Sources;

namespace Sockudo.Server.Sockets;

/// <summary>
/// The socket of one WebSocket, read through a poller. While nothing arrives it holds no buffer: bytes are received into the
/// poller's, and the reader is continued right there. Only what it leaves over is copied; and if it wants to keep the bytes for
/// longer (a handler waits for something), the poller gives its buffer away.
/// <para>
/// As a <see cref="PipeReader"/> it has one reader, which may leave at most half of <see cref="Poller.BufferSize"/> unconsumed.
/// A socket whose reader does not wait is not watched, so a client that sends more than it is entitled to is held back by TCP.
/// </para>
/// </summary>
internal sealed class PolledSocket : PipeReader, IPollable, IValueTaskSource<ReadResult>, IDisposable
{
    private readonly Poller _poller;

    // Continues the reader where the bytes are: on the poller's thread.
    private ManualResetValueTaskSourceCore<ReadResult> _read;

    // Guarded by the lock on this object, which no other code sees.
    private ReadOnlySequence<byte> _buffer = ReadOnlySequence<byte>.Empty;
    private TaskCompletionSource? _writable;
    private uint _interest = Linux.EpollIn;
    private bool _isWaiting;
    private bool _isReading;
    private bool _hasUnexamined;
    private bool _isCancelled;
    private bool _isCompleted;
    private bool _isDisposed;

    /// <param name="poller">Watches the descriptor for input already.</param>
    /// <param name="descriptor">Is closed with this object.</param>
    public PolledSocket(Poller poller, Descriptor descriptor)
    {
        _poller = poller;
        Descriptor = descriptor;
        poller.Own(descriptor.Number, this);
    }

    public Descriptor Descriptor { get; }

    public override ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default)
    {
        lock (this)
        {
            if (TryReadBuffered(out var result))
                return new(result);
            _read.Reset();
            _isWaiting = true;
            Watch(_interest | Linux.EpollIn);
            return new(this, _read.Version);
        }
    }

    public override bool TryRead(out ReadResult result)
    {
        lock (this)
            return TryReadBuffered(out result);
    }

    public override void AdvanceTo(SequencePosition consumed) => AdvanceTo(consumed, consumed);

    public override void AdvanceTo(SequencePosition consumed, SequencePosition examined)
    {
        lock (this)
        {
            _isReading = false;
            _hasUnexamined = !_buffer.Slice(examined).IsEmpty;
            var rest = _buffer.Slice(consumed);
            _buffer = rest.IsEmpty ? ReadOnlySequence<byte>.Empty : new ReadOnlySequence<byte>(rest.ToArray());
        }
    }

    /// <summary>Ends a wait, or the next one, from any thread. The reader is continued elsewhere.</summary>
    public override void CancelPendingRead()
    {
        lock (this)
        {
            _isCancelled = true;
            if (!_isWaiting)
                return;
            _isWaiting = false;
        }

        ContinueElsewhere();
    }

    public override void Complete(Exception? exception = null) => Dispose();

    /// <summary>Completes when the kernel takes bytes again, or never will.</summary>
    public Task WritableAsync()
    {
        lock (this)
        {
            if (_isDisposed)
                return Task.CompletedTask;
            _writable = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            Watch(_interest | Linux.EpollOut);
            return _writable.Task;
        }
    }

    /// <summary>Cuts the connection off, from any thread: the reader finds that it has ended.</summary>
    public void Abort()
    {
        try
        {
            Linux.Shutdown(Descriptor);
        }
        catch (ObjectDisposedException)
        {
            // It has ended already.
        }
    }

    /// <summary>Closes the connection.</summary>
    public void Dispose()
    {
        lock (this)
        {
            if (_isDisposed)
                return;
            _isDisposed = true;
            _writable?.TrySetResult();
            _poller.Forget(Descriptor.Number);
            // Closing a descriptor ends its being watched, unless somebody still uses it.
            Watch(0);
        }

        Descriptor.Dispose();
    }

    void IPollable.OnReady()
    {
        lock (this)
        {
            if (_isDisposed)
                return;
            if (_writable is { } writable)
            {
                // Perhaps: the writer tries.
                _writable = null;
                writable.TrySetResult();
                Watch(_interest & ~Linux.EpollOut);
            }

            if (!_isWaiting)
            {
                // What has arrived stays in the kernel until the reader asks for it.
                Watch(_interest & ~Linux.EpollIn);
                return;
            }

            if (!TryReceive(out _isCompleted))
                return;
            _isWaiting = false;
            _isReading = true;
        }

        _read.SetResult(new ReadResult(_buffer, isCanceled: false, _isCompleted));

        lock (this)
        {
            if (_isReading)
                _poller.GiveBufferAway();
        }
    }

    // The connection is cut off, and its reader finds that it has ended.
    void IPollable.GiveUp()
    {
        lock (this)
        {
            if (_isDisposed)
                return;
            _poller.Forget(Descriptor.Number);
            Linux.Shutdown(Descriptor);
            _isCompleted = true;
            if (!_isWaiting)
                return;
            _isWaiting = false;
        }

        ContinueElsewhere();
    }

    ReadResult IValueTaskSource<ReadResult>.GetResult(short token) => _read.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource<ReadResult>.GetStatus(short token) => _read.GetStatus(token);

    void IValueTaskSource<ReadResult>.OnCompleted(
        Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _read.OnCompleted(continuation, state, token, flags);

    // False if nothing has arrived. What was left over stands before the new bytes.
    private bool TryReceive(out bool isCompleted)
    {
        var left = (int)_buffer.Length;
        var target = _poller.Buffer;
        if (left > target.Length / 2)
            throw new InvalidOperationException($"The reader has left {left} bytes unconsumed.");
        var received = Linux.Receive(Descriptor, target.AsSpan(left));
        isCompleted = received <= 0;
        if (received > 0)
        {
            _buffer.CopyTo(target);
            _buffer = new ReadOnlySequence<byte>(target, 0, left + received);
            return true;
        }

        return received == 0 || Marshal.GetLastPInvokeError() is not (Linux.WouldBlock or Linux.Interrupted);
    }

    private bool TryReadBuffered(out ReadResult result)
    {
        result = new ReadResult(_buffer, _isCancelled, _isCompleted);
        if (!_isCancelled && !_isCompleted && !_hasUnexamined)
            return false;
        _isCancelled = false;
        return true;
    }

    // A wait that has ended without new bytes.
    private void ContinueElsewhere() => ThreadPool.UnsafeQueueUserWorkItem(
        static socket =>
        {
            ReadResult result;
            lock (socket)
                _ = socket.TryReadBuffered(out result);
            socket._read.SetResult(result);
        },
        this,
        preferLocal: false);

    private void Watch(uint interest)
    {
        if (interest == _interest)
            return;
        var operation = _interest == 0 ? Linux.EpollAdd : interest == 0 ? Linux.EpollDelete : Linux.EpollModify;
        _interest = interest;
        _poller.Change(operation, Descriptor, interest);
    }
}
