namespace Sockudo.Server.Connections;

/// <summary>
/// Sends for its share of the connections. Connections with something queued link themselves into a list; the loop takes
/// the whole list and gives each socket everything that it has queued. While it works, further messages gather in the
/// queues, so under load they coalesce by themselves. A loop is a thread-pool work item that runs while there is work,
/// not a thread.
/// </summary>
internal sealed class WriteLoop : IThreadPoolWorkItem
{
    // After this many connections the loop goes to the back of the thread pool's queue, so that others get a turn. A thread that has
    // other things to do (LocalTurns) sooner leaves the rest to the thread pool.
    private const int ConnectionsPerTurn = 4096;
    private const int ConnectionsPerLocalTurn = 256;

    private readonly byte[] _scratch = GC.AllocateUninitializedArray<byte>(64 * 1024);
    private Connection? _ready;
    private Connection? _backlog;
    private int _isRunning;

    /// <summary>Puts one connection on the list. Its "scheduled" mark must have been set by the caller.</summary>
    public void Schedule(Connection connection) => Schedule(connection, connection);

    /// <summary>Puts a chain of connections, linked by <see cref="Connection.NextReady"/>, on the list.</summary>
    public void Schedule(Connection first, Connection last)
    {
        Connection? head;
        do
        {
            head = Volatile.Read(ref _ready);
            last.NextReady = head;
        }
        while (Interlocked.CompareExchange(ref _ready, first, head) != head);

        if (Interlocked.Exchange(ref _isRunning, 1) == 0 && !LocalTurns.TryAdd(this))
            ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
    }

    void IThreadPoolWorkItem.Execute() => Run(ConnectionsPerTurn);

    /// <summary>Runs on a thread that has scheduled the loop itself.</summary>
    public void RunLocally() => Run(ConnectionsPerLocalTurn);

    private void Run(int connections)
    {
        for (var turns = 0; turns < connections; turns++)
        {
            var connection = Next();
            if (connection is null)
            {
                Volatile.Write(ref _isRunning, 0);
                // Something may have been added between the look and the mark; whoever sets the mark again runs.
                Interlocked.MemoryBarrier();
                if (Volatile.Read(ref _ready) is null || Interlocked.Exchange(ref _isRunning, 1) != 0)
                    return;
                continue;
            }

            connection.Flush(_scratch);
        }

        ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
    }

    private Connection? Next()
    {
        _backlog ??= Interlocked.Exchange(ref _ready, null);
        var connection = _backlog;
        if (connection is not null)
        {
            _backlog = connection.NextReady;
            connection.NextReady = null;
        }

        return connection;
    }
}
