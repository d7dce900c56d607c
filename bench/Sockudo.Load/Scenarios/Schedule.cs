using Sockudo.Load.Engine;

namespace Sockudo.Load.Scenarios;

/// <summary>When the messages of a fixed rate are due. A message that could not leave in time is still due at its own time.</summary>
internal sealed class Schedule
{
    // Waiting in the kernel is exact to a millisecond only; the rest is spun away.
    private const long SpinMicroseconds = 1500;

    private readonly double _interval;
    private readonly long _start = MessageStamp.Now;
    private readonly long _count;

    /// <param name="rate">Messages per second.</param>
    /// <param name="duration">How long.</param>
    public Schedule(double rate, TimeSpan duration)
    {
        _interval = 1_000_000 / rate;
        _count = (long)(rate * duration.TotalSeconds);
    }

    /// <summary>Messages taken so far.</summary>
    public long Taken { get; private set; }

    /// <summary>All messages have been taken.</summary>
    public bool IsOver => Taken >= _count;

    /// <summary>How long nothing is due, in the event loop's units.</summary>
    public int MillisecondsToWait => (int)Math.Clamp((NextDue - MessageStamp.Now - SpinMicroseconds) / 1000, 0, 100);

    private long NextDue => _start + (long)(Taken * _interval);

    /// <summary>Takes the next message if it is due.</summary>
    public bool TryTake(out long due)
    {
        due = NextDue;
        if (IsOver || MessageStamp.Now < due)
            return false;
        Taken++;
        return true;
    }
}
