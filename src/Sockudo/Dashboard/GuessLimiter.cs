using System.Globalization;
using System.Threading.RateLimiting;

namespace Sockudo.Dashboard;

/// <summary>
/// Bounds how often passwords and tokens can be guessed: wrong ones count, per address and in total, and beyond that not even right ones are looked at. Safe from any thread.
/// </summary>
internal sealed class GuessLimiter : IDisposable
{
    /// <summary>Wrong ones of one address in a minute.</summary>
    public const int PerAddress = 10;

    /// <summary>Wrong ones of all addresses in a minute.</summary>
    public const int InTotal = 60;

    private static readonly TimeSpan Window = TimeSpan.FromMinutes(1);

    // Looking, comparing and counting are one step, so that many guesses at once are not more than the bound.
    private readonly Lock _gate = new();
    private readonly PartitionedRateLimiter<string> _limiter = PartitionedRateLimiter.CreateChained(
        PartitionedRateLimiter.Create<string, string>(static address => RateLimitPartition.GetFixedWindowLimiter(address, static _ => Limit(PerAddress))),
        PartitionedRateLimiter.Create<string, string>(static _ => RateLimitPartition.GetFixedWindowLimiter("", static _ => Limit(InTotal))));

    /// <summary>Lets somebody guess.</summary>
    /// <param name="address">Who.</param>
    /// <param name="isRight">Makes the comparison.</param>
    /// <returns>True or false as the comparison; null if he must not guess now.</returns>
    public bool? Guess(string address, Func<bool> isRight)
    {
        lock (_gate)
        {
            using var allowed = _limiter.AttemptAcquire(address, permitCount: 0);
            if (!allowed.IsAcquired)
                return null;
            if (isRight())
                return true;
            using var counted = _limiter.AttemptAcquire(address);
            return false;
        }
    }

    /// <summary>Value of <c>Retry-After</c> for somebody who must not guess now: the longest that it can be, in seconds.</summary>
    public static string RetryAfter => Window.TotalSeconds.ToString(CultureInfo.InvariantCulture);

    public void Dispose() => _limiter.Dispose();

    private static FixedWindowRateLimiterOptions Limit(int permits) => new() { PermitLimit = permits, Window = Window };
}
