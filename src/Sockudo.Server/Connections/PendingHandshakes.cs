using System.Collections.Concurrent;

namespace Sockudo.Server.Connections;

/// <summary>
/// Connections whose first request has not arrived in full. All have the same time for it, so the oldest expires first
/// and a queue is all that is needed.
/// </summary>
internal sealed class PendingHandshakes(CoarseClock clock)
{
    /// <summary>Milliseconds from accept to a complete request head.</summary>
    public const int Timeout = 10_000;

    private readonly ConcurrentQueue<Pending> _queue = new();

    /// <summary>Starts the time of a connection; the caller must call <see cref="Pending.Done"/> when the head is in.</summary>
    /// <param name="abort">Cuts the connection off; called from the heartbeat, at most once, and perhaps just after it was done.</param>
    public Pending Start(Action abort)
    {
        var pending = new Pending(abort, clock.Now + Timeout);
        _queue.Enqueue(pending);
        return pending;
    }

    /// <summary>Cuts off what has run out of time.</summary>
    public void AbortExpired(long now)
    {
        while (_queue.TryPeek(out var pending) && (pending.IsDone || pending.Deadline <= now) && _queue.TryDequeue(out pending))
            pending.Abort();
    }

    /// <summary>Cuts off everything that is still waited for: the node stops, and no listener could tell that these are idle.</summary>
    public void AbortAll() => AbortExpired(long.MaxValue);

    /// <summary>One connection that is still waited for.</summary>
    internal sealed class Pending(Action abort, long deadline)
    {
        private Action? _abort = abort;

        public long Deadline { get; } = deadline;

        public bool IsDone => _abort is null;

        /// <summary>The head has arrived, or the connection has ended.</summary>
        public void Done() => _abort = null;

        public void Abort() => Interlocked.Exchange(ref _abort, null)?.Invoke();
    }
}
