namespace Sockudo.Server.Backends;

/// <summary>
/// How long a node waits before it tries to reconnect: 100 ms, growing, with jitter, so that not all nodes of a server that was gone come at the same time.
/// For the first ten seconds it tries at least every half second: a node that is back in the cluster before <c>node_timeout_ms</c> is over has lost nobody, and must
/// not be late because it was resting. After that the pauses grow to 5 seconds.
/// </summary>
public static class ReconnectPause
{
    /// <summary>A connection that has lived for so long has succeeded: the next pause is the shortest again.</summary>
    public static readonly TimeSpan Rest = TimeSpan.FromSeconds(5);

    private const int ShortestMs = 100;
    private const int HurriedMs = 400;
    private const int HurriedAttempts = 25;

    /// <summary>The pause after so many attempts without rest.</summary>
    /// <param name="attempts">1 or more.</param>
    public static TimeSpan After(int attempts)
    {
        var longest = attempts <= HurriedAttempts ? HurriedMs : HurriedMs << Math.Min(attempts - HurriedAttempts, 4);
        var pause = Math.Min(longest, ShortestMs << Math.Min(attempts - 1, 10));
        return TimeSpan.FromMilliseconds(Math.Min(pause * (0.8 + (0.4 * Random.Shared.NextDouble())), Rest.TotalMilliseconds));
    }
}
