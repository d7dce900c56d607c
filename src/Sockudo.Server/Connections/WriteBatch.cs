using Sockudo.Protocol.WebSockets;

namespace Sockudo.Server.Connections;

/// <summary>
/// Collects the connections that a fan-out has given something to and hands them to their write loops in one step per
/// loop. Kept per thread; used under one lock from <see cref="For"/> to <see cref="Schedule"/>.
/// </summary>
internal sealed class WriteBatch
{
    [ThreadStatic]
    private static WriteBatch? s_batch;

    private readonly WriteLoops _loops;
    private readonly Connection?[] _first;
    private readonly Connection?[] _last;

    private WriteBatch(WriteLoops loops)
    {
        _loops = loops;
        _first = new Connection?[loops.Count];
        _last = new Connection?[loops.Count];
    }

    /// <summary>The empty batch of this thread.</summary>
    public static WriteBatch For(WriteLoops loops)
    {
        var batch = s_batch;
        if (batch is null || batch._loops != loops)
            s_batch = batch = new WriteBatch(loops);
        return batch;
    }

    /// <summary>Queues a frame for a connection.</summary>
    public void Add(Connection connection, Frame frame)
    {
        if (!connection.Enqueue(frame))
            return;
        var loop = connection.Loop;
        connection.NextReady = null;
        if (_last[loop] is { } last)
            last.NextReady = connection;
        else
            _first[loop] = connection;
        _last[loop] = connection;
    }

    /// <summary>Wakes the write loops that got something to do.</summary>
    public void Schedule()
    {
        for (var loop = 0; loop < _first.Length; loop++)
        {
            if (_first[loop] is not { } first)
                continue;
            var last = _last[loop]!;
            _first[loop] = _last[loop] = null;
            _loops[loop].Schedule(first, last);
        }
    }
}
