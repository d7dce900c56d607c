using System.Buffers.Text;
using System.Globalization;
using System.Text;
using Microsoft.Extensions.Logging;
using Sockudo.Server.Backends;
using Sockudo.Server.Caching;
using Sockudo.Server.Options;
using StackExchange.Redis;

namespace Sockudo.Redis;

/// <summary>
/// The last event of each cache channel, for all nodes, in a key of its own that Redis lets expire (storage.md 3). The value is <c>{"event":name,"data":"…"}</c>, in a
/// cluster with a third member <c>id</c>, which says which event it is. While Redis is away every call fails at once: nobody who subscribes waits for it.
/// </summary>
public sealed class RedisEventCache : IEventCache, IBackend
{
    private static readonly TimeSpan ProbeInterval = TimeSpan.FromMilliseconds(500);

    private readonly RedisStore _store;
    private readonly TimeProvider _time;
    private readonly CancellationTokenSource _stopped = new();
    private int _isProbing;

    /// <param name="store">Where.</param>
    /// <param name="time">The clock.</param>
    public RedisEventCache(RedisStore store, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(store);
        _store = store;
        _time = time;
    }

    /// <summary>The cache that the configuration asks for with <c>redis</c> or <c>redis-cluster</c> (configuration.md 3.5).</summary>
    /// <param name="cache">Section <c>cache</c>.</param>
    /// <param name="redis">Section <c>database.redis</c>.</param>
    /// <param name="driver">The driver's name.</param>
    /// <param name="nodeName">Name of this node.</param>
    /// <param name="time">Clock.</param>
    /// <param name="loggers">For the state of the connection.</param>
    /// <exception cref="BackendException">What the configuration says of addresses or certificates cannot be used.</exception>
    public static RedisEventCache Create(CacheOptions cache, RedisOptions redis, string driver, string nodeName, TimeProvider time, ILoggerFactory loggers)
    {
        ArgumentNullException.ThrowIfNull(cache);
        ArgumentNullException.ThrowIfNull(redis);
        var target = RedisTarget.Of(redis, cache.Redis, "cache.redis", cache.Driver == CacheDriver.RedisCluster);
        var state = new BackendState("cache", driver, loggers.CreateLogger("sockudo.cache"));
        return new RedisEventCache(new RedisStore(new RedisConnector(target, nodeName, time), cache.Redis.Prefix ?? redis.KeyPrefix + "cache", state), time);
    }

    /// <inheritdoc/>
    public BackendState State => _store.State;

    private static ReadOnlySpan<byte> Beginning => """{"event":"""u8;

    private static ReadOnlySpan<byte> IdMember => ""","id":" """u8[..^1];

    /// <inheritdoc/>
    public Task StartAsync(CancellationToken cancellationToken) => _store.StartAsync(cancellationToken);

    /// <inheritdoc/>
    public async ValueTask<CachedEvent?> GetAsync(string appId, string channel, CancellationToken cancellationToken)
    {
        var found = await AskAsync(database => database.StringGetWithExpiryAsync(KeyOf(appId, channel)), cancellationToken).ConfigureAwait(false);
        if ((byte[]?)found.Value is not { } value || !value.AsSpan().StartsWith(Beginning))
            return null;
        var (body, origin) = Split(value);
        return new CachedEvent(body, found.Expiry ?? Timeout.InfiniteTimeSpan, origin);
    }

    /// <inheritdoc/>
    public async ValueTask SetAsync(string appId, string channel, byte[] body, EventOrigin? origin, TimeSpan timeToLive, CancellationToken cancellationToken)
    {
        var value = origin is { } known ? Join(body, known) : body;
        // Whole milliseconds are what Redis knows; a life of less is one.
        TimeSpan? life = timeToLive > TimeSpan.Zero ? TimeSpan.FromMilliseconds(Math.Max(1, Math.Floor(timeToLive.TotalMilliseconds))) : null;
        await AskAsync(database => database.StringSetAsync(KeyOf(appId, channel), value, life, When.Always), cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stopped.CancelAsync().ConfigureAwait(false);
        await _store.DisposeAsync().ConfigureAwait(false);
        _stopped.Dispose();
    }

    private static byte[] Join(byte[] body, EventOrigin origin) =>
        [.. body.AsSpan(0, body.Length - 1), .. IdMember, .. Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{origin.Node:x}-{origin.Number}\"}}"))];

    // Between quotes that are not part of a string there is no other place where the member can begin.
    private static (byte[] Body, EventOrigin? Origin) Split(byte[] value)
    {
        var start = value.AsSpan().LastIndexOf(IdMember);
        if (start < 0)
            return (value, null);
        var id = value.AsSpan(start + IdMember.Length);
        if (!Utf8Parser.TryParse(id, out ulong node, out var length, 'x') || id.Length <= length || id[length] != '-'
            || !Utf8Parser.TryParse(id[(length + 1)..], out ulong number, out _))
            return (value, null);
        return ([.. value.AsSpan(0, start), (byte)'}'], new EventOrigin(node, number));
    }

    private RedisKey KeyOf(string appId, string channel) => _store.Key($"app:{appId}:channel:{channel}");

    private async Task<T> AskAsync<T>(Func<IDatabase, Task<T>> commands, CancellationToken cancellationToken)
    {
        if (!State.IsUp)
        {
            Probe();
            throw new BackendException("Redis is away");
        }

        try
        {
            return await _store.AskAsync(commands).WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (BackendException)
        {
            Probe();
            throw;
        }
    }

    // Asks until Redis answers, so that nobody else has to wait for that.
    private void Probe()
    {
        if (Interlocked.Exchange(ref _isProbing, 1) == 0)
            _ = ProbeAsync();
    }

    private async Task ProbeAsync()
    {
        try
        {
            while (!State.IsUp)
            {
                await Task.Delay(ProbeInterval, _time, _stopped.Token).ConfigureAwait(false);
                try
                {
                    await _store.AskAsync(database => database.KeyExistsAsync(_store.Key("probe"))).ConfigureAwait(false);
                }
                catch (BackendException)
                {
                    // Once more.
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The server stops.
        }
        finally
        {
            Volatile.Write(ref _isProbing, 0);
        }
    }
}
