namespace Sockudo.Server.Connections;

/// <summary>
/// Write loops that were woken by a thread which handles many messages in a row, and which runs them itself when it is through:
/// what it has to say goes out without a thread switch, and coalesced. One per such thread.
/// </summary>
internal sealed class LocalTurns
{
    [ThreadStatic]
    private static LocalTurns? s_turns;

    private readonly List<WriteLoop> _woken = [];

    private LocalTurns()
    {
    }

    /// <summary>From now on the calling thread must call <see cref="Run"/> after whatever may have sent something.</summary>
    public static LocalTurns OfThisThread() => s_turns ??= new LocalTurns();

    /// <summary>Takes a loop that was just woken; false on threads that do not run loops.</summary>
    public static bool TryAdd(WriteLoop loop)
    {
        if (s_turns is not { } turns)
            return false;
        turns._woken.Add(loop);
        return true;
    }

    /// <summary>Sends what is to be sent.</summary>
    public void Run()
    {
        for (var i = 0; i < _woken.Count; i++)
            _woken[i].RunLocally();
        _woken.Clear();
    }
}
