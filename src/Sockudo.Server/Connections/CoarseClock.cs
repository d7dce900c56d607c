namespace Sockudo.Server.Connections;

/// <summary>
/// Milliseconds since the process's server was made, as of the last beat of the <see cref="Heartbeat"/>: reading it costs
/// nothing, so every received message can be stamped with it. Deadlines that are measured in seconds need no finer clock.
/// </summary>
internal sealed class CoarseClock(TimeProvider time)
{
    private readonly long _origin = time.GetTimestamp();
    private long _now;

    /// <summary>Milliseconds; at most one beat old.</summary>
    public long Now => Volatile.Read(ref _now);

    /// <summary>Milliseconds, exact.</summary>
    public long Exact => (long)time.GetElapsedTime(_origin).TotalMilliseconds;

    /// <summary>Called by the heartbeat only.</summary>
    public void Advance() => Volatile.Write(ref _now, Exact);
}
