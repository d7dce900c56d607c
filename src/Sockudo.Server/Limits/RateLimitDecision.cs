using System.Globalization;

namespace Sockudo.Server.Limits;

/// <summary>Answer of an <see cref="IRateLimiter"/>.</summary>
/// <param name="IsAllowed">The request may pass.</param>
/// <param name="Limit">Requests per window; 0 = nothing is limited and nothing to be told.</param>
/// <param name="Remaining">Requests left in the window.</param>
/// <param name="Reset">Time to the window's end, or until enough tokens are there.</param>
public readonly record struct RateLimitDecision(bool IsAllowed, int Limit, int Remaining, TimeSpan Reset)
{
    /// <summary>No limit applies.</summary>
    public static readonly RateLimitDecision Unlimited = new(IsAllowed: true, 0, 0, TimeSpan.Zero);

    /// <summary>Nobody could be asked: <see cref="IsAllowed"/> is what <c>rate_limiter.fail_open</c> says.</summary>
    public bool IsUnanswered { get; private init; }

    /// <summary>The decision while the limiter's backend is away.</summary>
    public static RateLimitDecision WithoutAnswer(bool failOpen) => Unlimited with { IsAllowed = failOpen, IsUnanswered = true };

    /// <summary>Whole seconds of <see cref="Reset"/>, rounded up, at least 1.</summary>
    public int ResetSeconds => Math.Max(1, (int)Math.Ceiling(Reset.TotalSeconds));

    /// <summary>The headers that tell the client of a window (storage.md 4.1); none if nothing is limited.</summary>
    public IEnumerable<KeyValuePair<string, string>> Headers => Limit <= 0
        ? []
        :
        [
            new("x-ratelimit-limit", Limit.ToString(CultureInfo.InvariantCulture)),
            new("x-ratelimit-remaining", Remaining.ToString(CultureInfo.InvariantCulture)),
            new("x-ratelimit-reset", ResetSeconds.ToString(CultureInfo.InvariantCulture)),
        ];
}
