namespace Sockudo.Server.Connections;

/// <summary>The write loops, one per core. A connection belongs to one for its whole life.</summary>
internal sealed class WriteLoops
{
    private readonly WriteLoop[] _loops;
    private uint _next;

    public WriteLoops(int count)
    {
        _loops = new WriteLoop[count];
        for (var i = 0; i < count; i++)
            _loops[i] = new WriteLoop();
    }

    public int Count => _loops.Length;

    public WriteLoop this[int index] => _loops[index];

    /// <summary>The index of the loop for the next connection.</summary>
    public int Assign() => (int)(Interlocked.Increment(ref _next) % (uint)_loops.Length);
}
