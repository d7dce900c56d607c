namespace Sockudo.Server.Webhooks;

/// <summary>
/// A target that fails for long is paused and probed: after several failures in a row only one attempt is made per pause, and pauses grow, until one succeeds. Waiting jobs
/// keep their attempts. Safe from any thread.
/// </summary>
/// <param name="longestPause">Pauses grow up to this.</param>
/// <param name="time">The clock.</param>
/// <param name="paused">Is told +1 when the target is paused and -1 when it is not any more.</param>
internal sealed class TargetHealth(TimeSpan longestPause, TimeProvider time, Action<int> paused)
{
    private const int FailuresToPause = 10;

    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(2);

    private readonly Lock _gate = new();
    private int _failures;
    private long _since;
    private TimeSpan _pause;
    private bool _isProbing;

    /// <summary>Nothing has failed since the last success.</summary>
    public bool IsGood
    {
        get
        {
            lock (_gate)
                return _failures == 0 && _pause == TimeSpan.Zero;
        }
    }

    /// <summary>Asks whether an attempt may be made now; if not, after which time to ask again. One who may during a pause is the probe.</summary>
    public TimeSpan? TryBegin()
    {
        lock (_gate)
        {
            if (_pause == TimeSpan.Zero)
                return null;
            var elapsed = time.GetElapsedTime(_since);
            if (elapsed < _pause)
                return _pause - elapsed;
            // This one is the probe; whoever comes meanwhile waits for the next.
            _since = time.GetTimestamp();
            _isProbing = true;
            return null;
        }
    }

    /// <summary>An attempt has ended.</summary>
    public void Ended(bool isSuccess)
    {
        lock (_gate)
        {
            var wasPaused = _pause > TimeSpan.Zero;
            if (isSuccess)
            {
                _failures = 0;
                _isProbing = false;
                _pause = TimeSpan.Zero;
                if (wasPaused)
                    paused(-1);
                return;
            }

            // What was under way when the target was paused says nothing new.
            if (wasPaused ? !_isProbing : ++_failures < FailuresToPause)
                return;
            _isProbing = false;
            _since = time.GetTimestamp();
            _pause = wasPaused ? (_pause * 2 < longestPause ? _pause * 2 : longestPause) : FirstPause < longestPause ? FirstPause : longestPause;
            if (!wasPaused)
                paused(1);
        }
    }
}
