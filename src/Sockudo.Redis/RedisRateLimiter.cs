using Microsoft.Extensions.Logging;
using Sockudo.Server.Backends;
using Sockudo.Server.Limits;
using Sockudo.Server.Options;

namespace Sockudo.Redis;

/// <summary>
/// Counts for the whole cluster (storage.md 4.4): one key, one atomic script and one round trip per check, in the time of the server, so that nodes whose
/// clocks differ count alike. Keys expire by themselves and hold one number, whatever the traffic.
/// </summary>
/// <param name="store">Where.</param>
/// <param name="failOpen">What happens while Redis is away: pass, or refuse. Either is marked in the decision.</param>
public sealed class RedisRateLimiter(RedisStore store, bool failOpen) : IRateLimiter, IBackend
{
    // A key without expiry is nobody's window: it begins anew.
    private const string WindowScript =
        """
        local limit, window = tonumber(ARGV[1]), tonumber(ARGV[2])
        local count, left = tonumber(redis.call('GET', KEYS[1])) or 0, redis.call('PTTL', KEYS[1])
        if left < 0 or count == 0 then
          redis.call('SET', KEYS[1], 1, 'PX', window)
          return {1, limit - 1, window}
        end
        if count >= limit then return {0, 0, left} end
        return {1, limit - redis.call('INCR', KEYS[1]), left}
        """;

    // The moment, in microseconds, at which the bucket would be full of debt if nothing flowed out: the generic cell rate algorithm. Seconds are cut to days, so that
    // a double keeps fractions of a microsecond; half a token is forgiven, so that sums of fractions do not refuse the last whole one.
    private const string TokensScript =
        """
        local rate, wanted = tonumber(ARGV[1]), tonumber(ARGV[2])
        local time = redis.call('TIME')
        local now = (tonumber(time[1]) % 1000000) * 1000000 + tonumber(time[2])
        local before = tonumber(redis.call('GET', KEYS[1])) or now
        if before < now or before - now > 1000000 then before = now end
        local after = before + wanted * 1000000 / rate
        local over = after - now - 1000000
        if over > 500000 / rate then return {0, math.ceil(over / 1000)} end
        redis.call('SET', KEYS[1], string.format('%.4f', after), 'PX', math.ceil((after - now) / 1000))
        return {1, 0}
        """;

    /// <summary>The limiter that the configuration asks for with <c>redis</c> or <c>redis-cluster</c> (configuration.md 3.9).</summary>
    /// <param name="limiter">Section <c>rate_limiter</c>.</param>
    /// <param name="redis">Section <c>database.redis</c>.</param>
    /// <param name="driver">The driver's name.</param>
    /// <param name="nodeName">Name of this node.</param>
    /// <param name="time">Clock.</param>
    /// <param name="loggers">For the state of the connection.</param>
    /// <exception cref="BackendException">What the configuration says of addresses or certificates cannot be used.</exception>
    public static RedisRateLimiter Create(
        RateLimiterOptions limiter, RedisOptions redis, string driver, string nodeName, TimeProvider time, ILoggerFactory loggers)
    {
        ArgumentNullException.ThrowIfNull(limiter);
        ArgumentNullException.ThrowIfNull(redis);
        var target = RedisTarget.Of(redis, limiter.Redis, "rate_limiter.redis", limiter.Driver == RateLimiterDriver.RedisCluster);
        var state = new BackendState("rate_limiter", driver, loggers.CreateLogger("sockudo.limits"));
        var store = new RedisStore(new RedisConnector(target, nodeName, time), limiter.Redis.Prefix ?? redis.KeyPrefix + "rl", state);
        return new RedisRateLimiter(store, limiter.FailOpen);
    }

    /// <inheritdoc/>
    public BackendState State => store.State;

    /// <inheritdoc/>
    public Task StartAsync(CancellationToken cancellationToken) => store.StartAsync(cancellationToken);

    /// <inheritdoc/>
    public async ValueTask<RateLimitDecision> AcquireWindowAsync(string key, int limit, TimeSpan window, CancellationToken cancellationToken)
    {
        if (limit <= 0)
            return RateLimitDecision.Unlimited;
        return await AskAsync(
            WindowScript, key, limit, (long)window.TotalMilliseconds,
            answer => new RateLimitDecision(answer[0] == 1, limit, (int)answer[1], TimeSpan.FromMilliseconds(answer[2])), cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async ValueTask<RateLimitDecision> AcquireTokensAsync(string key, int perSecond, int permits, CancellationToken cancellationToken)
    {
        if (perSecond is <= 0 or int.MaxValue)
            return RateLimitDecision.Unlimited;
        return await AskAsync(
            TokensScript, key, perSecond, permits, answer => new RateLimitDecision(answer[0] == 1, perSecond, 0, TimeSpan.FromMilliseconds(answer[1])), cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => store.DisposeAsync();

    // An answer that cannot be read is none.
    private async Task<RateLimitDecision> AskAsync(
        string script, string key, long first, long second, Func<long[], RateLimitDecision> read, CancellationToken cancellationToken)
    {
        try
        {
            return await store.AskAsync(async database => read((long[])(await database.ScriptEvaluateAsync(script, [store.Key(key)], [first, second]).ConfigureAwait(false))!))
                .WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (BackendException)
        {
            return RateLimitDecision.WithoutAnswer(failOpen);
        }
    }
}
