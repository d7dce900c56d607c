namespace Sockudo.Server.Limits;

/// <summary>
/// A token bucket whose capacity is its rate per second, refilled continuously (CE-3). Eight bytes, no clock of its own, not
/// thread-safe: it lives in whatever it meters. A new one is full.
/// </summary>
internal struct TokenBucket
{
    // The bucket as the moment (in ms) at which it would be empty if it refilled from nothing: the "virtual" time of the
    // generic cell rate algorithm, one number instead of a level and a time.
    private double _emptyAt;

    /// <summary>Takes one token; false if there is none.</summary>
    /// <param name="perSecond">Rate and capacity; <see cref="int.MaxValue"/> = no limit.</param>
    /// <param name="now">Milliseconds of any clock that does not run backwards.</param>
    public bool TryTake(int perSecond, long now) => TryTake(perSecond, now, tokens: 1);

    /// <summary>Takes several tokens or none.</summary>
    /// <inheritdoc cref="TryTake(int, long)"/>
    /// <param name="perSecond">Rate and capacity.</param>
    /// <param name="now">Milliseconds.</param>
    /// <param name="tokens">Tokens wanted.</param>
    public bool TryTake(int perSecond, long now, int tokens)
    {
        if (perSecond == int.MaxValue)
            return true;
        var taken = Math.Max(_emptyAt, now) + (tokens * 1000.0 / perSecond);
        // A tolerance below a microsecond, so that sums of fractions do not refuse the last whole token.
        if (taken - now > 1000.0 + 1e-4)
            return false;
        _emptyAt = taken;
        return true;
    }

    /// <summary>Milliseconds until that many tokens are there.</summary>
    public readonly double WaitFor(int perSecond, long now, int tokens) =>
        Math.Max(0, Math.Max(_emptyAt, now) + (tokens * 1000.0 / perSecond) - now - 1000.0);
}
