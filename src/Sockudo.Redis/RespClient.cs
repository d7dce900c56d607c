// NOTE: see NOTE-FROM-THE-LEAD.md in this folder before you go on: no own Redis client, use StackExchange.Redis.
using System.Buffers;
using System.Net.Security;
using System.Net.Sockets;
using Sockudo.Server.Backends;

namespace Sockudo.Redis;

/// <summary>
/// One connection to one server. Commands go out in the order of the calls and are answered in that order; nothing is repeated, and nothing outlives
/// the connection: when it ends, every call that has no answer fails.
/// </summary>
internal sealed class RespClient : IAsyncDisposable
{
    // More than this is not written for a server that does not read.
    private const int MaxUnwritten = 64 * 1024 * 1024;
    private const int MaxUnread = 64 * 1024 * 1024;
    private const int SmallBuffer = 16 * 1024;
    private const int LargeBuffer = 1024 * 1024;

    private readonly Lock _gate = new();
    private readonly Socket _socket;
    private readonly Stream _stream;
    private readonly Queue<TaskCompletionSource<RespReply>> _unanswered = new();
    private readonly Task _reading;
    private ArrayBufferWriter<byte> _unwritten = new(SmallBuffer);
    private ArrayBufferWriter<byte> _spare = new(SmallBuffer);
    private bool _isWriting;
    private volatile BackendException? _failure;
    private volatile IRespReceiver? _receiver;

    private RespClient(RedisAddress address, Socket socket, Stream stream)
    {
        Address = address;
        _socket = socket;
        _stream = stream;
        _reading = ReadAsync();
    }

    public RedisAddress Address { get; }

    /// <summary>Why the connection has ended; null while it has not.</summary>
    public BackendException? Failure => _failure;

    /// <summary>Completes when the connection has ended and the receiver will not be called any more.</summary>
    public Task Ended => _reading;

    /// <summary>Connects, with TLS if there are options for it.</summary>
    public static async Task<RespClient> DialAsync(RedisAddress address, SslClientAuthenticationOptions? tls, CancellationToken cancellationToken)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        Stream? stream = null;
        try
        {
            await socket.ConnectAsync(address.Host, address.Port, cancellationToken).ConfigureAwait(false);
            stream = new NetworkStream(socket, ownsSocket: true);
            if (tls is not null)
            {
                var secured = new SslStream(stream);
                stream = secured;
                await secured.AuthenticateAsClientAsync(tls, cancellationToken).ConfigureAwait(false);
            }

            return new RespClient(address, socket, stream);
        }
        catch
        {
            if (stream is not null)
                await stream.DisposeAsync().ConfigureAwait(false);
            socket.Dispose();
            throw;
        }
    }

    /// <summary>From now on somebody listens to what the server says unasked.</summary>
    public void Listen(IRespReceiver receiver) => _receiver = receiver;

    /// <summary>Sends a command and waits for its answer, which may be an error.</summary>
    /// <exception cref="BackendException">There was no answer before the connection ended.</exception>
    public Task<RespReply> CallAsync(params ReadOnlySpan<string> command)
    {
        TaskCompletionSource<RespReply> answer;
        lock (_gate)
        {
            if (!TryExpectAnswer(out answer))
                return answer.Task;
            RespWriter.WriteCount(_unwritten, command.Length);
            foreach (var word in command)
                RespWriter.WriteString(_unwritten, word);
            StartWriting();
        }

        return answer.Task;
    }

    /// <inheritdoc cref="CallAsync(ReadOnlySpan{string})"/>
    public Task<RespReply> CallAsync(ReadOnlySpan<byte> command, ReadOnlySpan<byte> first, ReadOnlySpan<byte> second)
    {
        TaskCompletionSource<RespReply> answer;
        lock (_gate)
        {
            if (!TryExpectAnswer(out answer))
                return answer.Task;
            RespWriter.WriteCount(_unwritten, 3);
            RespWriter.WriteString(_unwritten, command);
            RespWriter.WriteString(_unwritten, first);
            RespWriter.WriteString(_unwritten, second);
            StartWriting();
        }

        return answer.Task;
    }

    /// <summary>Sends a command that the receiver will hear of.</summary>
    public void Send(ReadOnlySpan<byte> command, ReadOnlySpan<byte> argument)
    {
        lock (_gate)
        {
            if (_failure is not null)
                return;
            RespWriter.WriteCount(_unwritten, 2);
            RespWriter.WriteString(_unwritten, command);
            RespWriter.WriteString(_unwritten, argument);
            StartWriting();
        }
    }

    /// <summary>Ends the connection.</summary>
    public void Abort(string reason, Exception? cause = null)
    {
        TaskCompletionSource<RespReply>[] unanswered;
        BackendException failure;
        lock (_gate)
        {
            if (_failure is not null)
                return;
            _failure = failure = new BackendException($"Redis {Address} {reason}", inner: cause);
            unanswered = [.. _unanswered];
            _unanswered.Clear();
        }

        _socket.Dispose();
        foreach (var answer in unanswered)
            answer.TrySetException(failure);
    }

    public async ValueTask DisposeAsync()
    {
        Abort("is not used any more");
        await _reading.ConfigureAwait(false);
        try
        {
            await _stream.DisposeAsync().ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException or InvalidOperationException)
        {
            // TLS wants to say goodbye to a socket that is closed.
        }
    }

    private bool TryExpectAnswer(out TaskCompletionSource<RespReply> answer)
    {
        answer = new TaskCompletionSource<RespReply>(TaskCreationOptions.RunContinuationsAsynchronously);
        var problem = _failure;
        if (problem is null && _unwritten.WrittenCount > MaxUnwritten)
            problem = new BackendException($"Redis {Address} does not take what is sent to it");
        if (problem is not null)
        {
            answer.SetException(problem);
            return false;
        }

        _unanswered.Enqueue(answer);
        return true;
    }

    private void StartWriting()
    {
        if (_isWriting)
            return;
        _isWriting = true;
        _ = WriteAsync();
    }

    // Not on the thread of the caller: then what it sends next goes out with this.
    private async Task WriteAsync()
    {
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        try
        {
            while (true)
            {
                ArrayBufferWriter<byte> batch;
                lock (_gate)
                {
                    if (_unwritten.WrittenCount == 0 || _failure is not null)
                    {
                        _isWriting = false;
                        return;
                    }

                    batch = _unwritten;
                    _unwritten = _spare;
                }

                await _stream.WriteAsync(batch.WrittenMemory).ConfigureAwait(false);
                batch.ResetWrittenCount();
                _spare = batch.Capacity > LargeBuffer ? new ArrayBufferWriter<byte>(SmallBuffer) : batch;
            }
        }
        catch (Exception e)
        {
            Abort("cannot be written to: " + e.Message, e);
        }
    }

    private async Task ReadAsync()
    {
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        var buffer = new byte[SmallBuffer];
        var (start, end) = (0, 0);
        try
        {
            while (true)
            {
                if (end == buffer.Length)
                    MakeRoom(ref buffer, ref start, ref end);
                var count = await _stream.ReadAsync(buffer.AsMemory(end)).ConfigureAwait(false);
                if (count == 0)
                {
                    Abort("closed the connection");
                    return;
                }

                end += count;
                start += Take(buffer.AsSpan(start, end - start));
                if (start == end)
                    start = end = 0;
            }
        }
        catch (Exception e)
        {
            Abort(e is InvalidDataException ? e.Message : "cannot be read from: " + e.Message, e);
        }
    }

    private static void MakeRoom(ref byte[] buffer, ref int start, ref int end)
    {
        if (end - start > MaxUnread)
            throw new InvalidDataException("sends more than it may at once");
        var larger = start > buffer.Length / 2 ? buffer : new byte[2 * buffer.Length];
        buffer.AsSpan(start, end - start).CopyTo(larger);
        (buffer, start, end) = (larger, 0, end - start);
    }

    private int Take(ReadOnlySpan<byte> data)
    {
        var reader = new RespReader(data);
        while (reader.HasData && _failure is null)
        {
            if (reader.IsPush)
            {
                if (!reader.TryReadPush(out var push))
                    break;
                _receiver?.OnPush(push);
            }
            else
            {
                if (!reader.TryReadReply(out var reply))
                    break;
                Answer(reply);
            }
        }

        return reader.Consumed;
    }

    private void Answer(in RespReply reply)
    {
        if (reply.IsError && _receiver is { } receiver)
        {
            receiver.OnRefusal(reply.Text ?? "");
            return;
        }

        TaskCompletionSource<RespReply>? answer;
        lock (_gate)
            _unanswered.TryDequeue(out answer);
        answer?.TrySetResult(reply);
    }
}
