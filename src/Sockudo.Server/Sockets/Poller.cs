using System.Runtime.InteropServices;
using Microsoft.Extensions.Logging;
using Sockudo.Server.Connections;

namespace Sockudo.Server.Sockets;

/// <summary>
/// A thread that waits for many descriptors at once (epoll) and tells their owners. What those give to write loops meanwhile is
/// sent at the end of the round, on this thread: an answer costs no thread switch.
/// </summary>
internal sealed partial class Poller : IDisposable
{
    /// <summary>Bytes of the shared receive buffer.</summary>
    public const int BufferSize = 64 * 1024;

    // While a listener rests because the process has no descriptors left.
    private const int RestMilliseconds = 100;

    private readonly Descriptor _epoll = Linux.EpollCreate();
    private readonly Descriptor _wake = Linux.EventCreate();
    private readonly EpollEvents _events = new();
    private readonly Lock _gate = new();
    private readonly List<ListeningSocket> _resting = [];
    private readonly ILogger _logger;
    private readonly Thread _thread;
    private IPollable?[] _watched = new IPollable?[256];
    private long _restEnds;
    private volatile bool _isStopping;

    public Poller(int index, ILogger logger)
    {
        _logger = logger;
        if (_epoll.IsInvalid || _wake.IsInvalid || !Linux.EpollControl(_epoll, Linux.EpollAdd, _wake, _wake.Number, Linux.EpollIn))
            throw new IOException($"epoll cannot be used: {Marshal.GetLastPInvokeErrorMessage()}");
        _thread = new Thread(Run) { IsBackground = true, Name = $"sockudo poller {index}" };
        _thread.Start();
    }

    /// <summary>Where received bytes go first. For the poller's thread only, and until it returns to the poller.</summary>
    public byte[] Buffer { get; private set; } = GC.AllocateUninitializedArray<byte>(BufferSize);

    /// <summary>Somebody needs the bytes in the buffer for longer: it is his now, and the poller takes another one.</summary>
    public void GiveBufferAway() => Buffer = GC.AllocateUninitializedArray<byte>(BufferSize);

    /// <summary>Begins to watch a descriptor. From any thread.</summary>
    /// <param name="descriptor">Must stay open until <see cref="Forget"/>.</param>
    /// <param name="owner">Is told when it is ready.</param>
    /// <param name="interest">What for: <see cref="Linux.EpollIn"/>, <see cref="Linux.EpollOut"/>.</param>
    public void Watch(Descriptor descriptor, IPollable owner, uint interest)
    {
        Own(descriptor.Number, owner);
        Change(Linux.EpollAdd, descriptor, interest);
    }

    /// <summary>Puts another owner in the place of the present one.</summary>
    public void Own(int number, IPollable owner)
    {
        lock (_gate)
        {
            if (number >= _watched.Length)
                Array.Resize(ref _watched, Math.Max(number + 1, 2 * _watched.Length));
            _watched[number] = owner;
        }
    }

    /// <summary>Changes the interest in a descriptor that has an owner.</summary>
    /// <param name="operation"><see cref="Linux.EpollAdd"/>, <see cref="Linux.EpollModify"/> or <see cref="Linux.EpollDelete"/>.</param>
    /// <param name="descriptor">The descriptor.</param>
    /// <param name="interest">What it is watched for from now on.</param>
    public void Change(int operation, Descriptor descriptor, uint interest)
    {
        if (!Linux.EpollControl(_epoll, operation, descriptor, descriptor.Number, interest))
            throw new IOException($"epoll_ctl failed: {Marshal.GetLastPInvokeErrorMessage()}");
    }

    /// <summary>Has no owner any more. Must be called before the descriptor is closed: its number may be in use again at once.</summary>
    public void Forget(int number)
    {
        lock (_gate)
            _watched[number] = null;
    }

    /// <summary>Begins to accept from a listener, in turn with the other pollers that do.</summary>
    public void Listen(ListeningSocket listener)
    {
        Own(listener.Number, listener);
        if (!Linux.EpollControl(_epoll, Linux.EpollAdd, listener.Handle, listener.Number, Linux.EpollIn | Linux.EpollExclusive))
            throw new IOException($"epoll_ctl failed: {Marshal.GetLastPInvokeErrorMessage()}");
    }

    /// <summary>Ends <see cref="Listen"/>, before the listener is closed.</summary>
    public void Unlisten(ListeningSocket listener)
    {
        Forget(listener.Number);
        _ = Linux.EpollControl(_epoll, Linux.EpollDelete, listener.Handle, listener.Number, 0);
    }

    /// <summary>
    /// The listener has connections that it cannot take. Told again and again it would take all the CPU, so it is left alone
    /// for a moment. On the poller's thread.
    /// </summary>
    public void Rest(ListeningSocket listener)
    {
        if (_resting.Count == 0)
            _restEnds = Environment.TickCount64 + RestMilliseconds;
        if (Linux.EpollControl(_epoll, Linux.EpollDelete, listener.Handle, listener.Number, 0))
            _resting.Add(listener);
    }

    public void Dispose()
    {
        _isStopping = true;
        Linux.EventSignal(_wake);
        _thread.Join();
        _epoll.Dispose();
        _wake.Dispose();
    }

    private void Run()
    {
        var turns = LocalTurns.OfThisThread();
        while (!_isStopping)
        {
            var patience = _resting.Count > 0 ? (int)Math.Clamp(_restEnds - Environment.TickCount64, 0, RestMilliseconds) : -1;
            var count = Linux.EpollWait(_epoll, _events, patience);
            if (count < 0 && Marshal.GetLastPInvokeError() != Linux.Interrupted)
                throw new IOException($"epoll_wait failed: {Marshal.GetLastPInvokeErrorMessage()}");
            for (var i = 0; i < count; i++)
                Tell(_events.IdOf(i));
            turns.Run();
            // By the clock: others may have so much to say that the poller is never idle.
            if (_resting.Count > 0 && Environment.TickCount64 >= _restEnds)
                EndRest();
        }
    }

    private void Tell(int number)
    {
        var watched = Volatile.Read(ref _watched);
        if (number >= watched.Length || watched[number] is not { } owner)
            return;
        try
        {
            owner.OnReady();
        }
        catch (Exception exception)
        {
            // A bug in one owner must not silence all the others, nor keep them waiting by failing for ever.
            LogFailed(_logger, exception);
            owner.GiveUp();
        }
    }

    private void EndRest()
    {
        foreach (var listener in _resting)
        {
            if (!listener.IsClosed)
                Listen(listener);
        }

        _resting.Clear();
    }

    [LoggerMessage(1, LogLevel.Error, "a socket could not be served")]
    private static partial void LogFailed(ILogger logger, Exception exception);
}
