using System.Threading.Tasks.Sources;

namespace Sockudo.Load.Engine;

/// <summary>
/// A transport's socket as the stream that TLS is laid over. A read that finds nothing is completed by the event loop, on its thread, so
/// that TLS connections are served like all others.
/// </summary>
/// <param name="receive">Reads the socket without waiting: bytes, 0 if there are none now, negative at the end.</param>
/// <param name="send">Sends all of it.</param>
internal sealed class SocketStream(SocketStream.Receiver receive, SocketStream.Sender send) : Stream, IValueTaskSource<int>
{
    private ManualResetValueTaskSourceCore<int> _read;
    private Memory<byte> _destination;
    private bool _isReading;

    public delegate int Receiver(Span<byte> destination);

    public delegate void Sender(ReadOnlySpan<byte> bytes);

    public override bool CanRead => true;

    public override bool CanWrite => true;

    public override bool CanSeek => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <summary>The socket can be read: completes a read that waits. A read of no bytes only waits for this.</summary>
    public void OnReadable()
    {
        if (!_isReading)
            return;
        var received = _destination.IsEmpty ? 0 : receive(_destination.Span);
        if (received == 0 && !_destination.IsEmpty)
            return;
        _isReading = false;
        _read.SetResult(Math.Max(0, received));
    }

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var received = buffer.IsEmpty ? 0 : receive(buffer.Span);
        if (received != 0)
            return ValueTask.FromResult(Math.Max(0, received));
        _destination = buffer;
        _isReading = true;
        _read.Reset();
        return new ValueTask<int>(this, _read.Version);
    }

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        send(buffer.Span);
        return ValueTask.CompletedTask;
    }

    public override void Write(ReadOnlySpan<byte> buffer) => send(buffer);

    public override void Write(byte[] buffer, int offset, int count) => send(buffer.AsSpan(offset, count));

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Flush()
    {
        // Nothing is held back.
    }

    public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    int IValueTaskSource<int>.GetResult(short token) => _read.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource<int>.GetStatus(short token) => _read.GetStatus(token);

    void IValueTaskSource<int>.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _read.OnCompleted(continuation, state, token, flags);
}
