using System.Collections.Concurrent;
using System.Globalization;
using Microsoft.Extensions.Logging;
using Sockudo.Server.Backends;
using Sockudo.Server.Options;
using Sockudo.Server.Webhooks;
using StackExchange.Redis;

namespace Sockudo.Redis;

/// <summary>
/// Webhook jobs in Redis, shared by all nodes (storage.md 5.3). Jobs stand in a stream with a consumer group; a lease is a pending entry that is renewed while the job is held here, and
/// taken over by another node when it is not. Each lane is a list of its jobs in the order in which they were enqueued: only the first may be sent, whichever node has it. All names share
/// one slot of a Redis Cluster.
/// </summary>
public sealed partial class RedisWebhookQueue : IWebhookQueue, IDeadLetters, IBackend
{
    private const string Group = "sockudo";
    private const int PollMs = 1000;

    // Of a lane in which nothing happens; longer than any job waits.
    private const long LaneLifeMs = 3_600_000;

    private const long ConsumerLifeMs = 86_400_000;

    // "Unknown v: left in the queue for newer nodes (postponed 30 s)."
    private const int NewerPauseMs = 30_000;

    private const string EnqueueScript =
        """
        for i = 2, #KEYS do
          local id = redis.call('XADD', KEYS[1], '*', 'job', ARGV[2 * i - 2], 'attempts', ARGV[2 * i - 1])
          redis.call('RPUSH', KEYS[i], id)
          redis.call('PEXPIRE', KEYS[i], ARGV[1])
        end
        redis.call('PUBLISH', ARGV[#ARGV], '')
        return #KEYS - 1
        """;

    // Members are attempts, lane and text with a space between.
    private const string MoveDueScript =
        """
        local time = redis.call('TIME')
        local now = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
        local due = redis.call('ZRANGEBYSCORE', KEYS[2], '-inf', now, 'LIMIT', 0, 500)
        for _, member in ipairs(due) do
          local attempts, lane, job = string.match(member, '^(%d+) (%S*) (.*)$')
          redis.call('ZREM', KEYS[2], member)
          if job then
            local id = redis.call('XADD', KEYS[1], '*', 'job', job, 'attempts', attempts)
            redis.call('RPUSH', ARGV[1] .. lane, id)
            redis.call('PEXPIRE', ARGV[1] .. lane, ARGV[2])
          end
        end
        return #due
        """;

    // Ends a lease: 1 if it was still there. What follows depends on whether the job is done, postponed or given up.
    private const string EndScript =
        """
        redis.call('XACK', KEYS[1], 'sockudo', ARGV[1])
        redis.call('LREM', KEYS[2], 1, ARGV[1])
        if redis.call('LLEN', KEYS[2]) > 0 then redis.call('PUBLISH', ARGV[2], '') end
        if redis.call('XDEL', KEYS[1], ARGV[1]) == 0 then return 0 end
        if ARGV[3] == 'postpone' then
          local time = redis.call('TIME')
          redis.call('ZADD', KEYS[3], tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000) + tonumber(ARGV[4]), ARGV[5])
        elseif ARGV[3] == 'dead' then
          redis.call('XADD', KEYS[3], 'MAXLEN', '~', ARGV[4], '*', 'job', ARGV[5], 'reason', ARGV[6], 'attempts', ARGV[7], 'last_status', ARGV[8])
        end
        return 1
        """;

    private static readonly TimeSpan ListenPause = TimeSpan.FromMilliseconds(200);

    private readonly RedisStore _store;
    private readonly string _consumer;
    private readonly TimeSpan _lease;
    private readonly int _deadLetterMax;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly CancellationTokenSource _stopped = new();
    private readonly ConcurrentDictionary<string, byte> _held = new(StringComparer.Ordinal);
    private readonly Lock _gate = new();
    private TaskCompletionSource _woken = NewSignal();
    private Task _renewing = Task.CompletedTask;

    /// <param name="store">Where.</param>
    /// <param name="consumer">Name of this node in the consumer group; no other process may have it at the same time.</param>
    /// <param name="lease">How long a job belongs to a node that says nothing of it.</param>
    /// <param name="deadLetterMax"><c>queue.dead_letter_max</c>.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger"><c>sockudo.queue</c>.</param>
    public RedisWebhookQueue(RedisStore store, string consumer, TimeSpan lease, int deadLetterMax, TimeProvider time, ILogger logger)
    {
        ArgumentNullException.ThrowIfNull(store);
        _store = store;
        _consumer = consumer;
        _lease = lease;
        _deadLetterMax = deadLetterMax;
        _time = time;
        _logger = logger;
    }

    /// <summary>The queue that the configuration asks for with <c>redis</c> or <c>redis-cluster</c> (configuration.md 3.8).</summary>
    /// <param name="queue">Section <c>queue</c>.</param>
    /// <param name="redis">Section <c>database.redis</c>.</param>
    /// <param name="driver">The driver's name.</param>
    /// <param name="nodeName">Name of this node.</param>
    /// <param name="time">Clock.</param>
    /// <param name="loggers">For the state of the connection.</param>
    /// <exception cref="BackendException">What the configuration says of addresses or certificates cannot be used.</exception>
    public static RedisWebhookQueue Create(QueueOptions queue, RedisOptions redis, string driver, string nodeName, TimeProvider time, ILoggerFactory loggers)
    {
        ArgumentNullException.ThrowIfNull(queue);
        ArgumentNullException.ThrowIfNull(redis);
        var isOwnCluster = queue.Driver == QueueDriver.RedisCluster;
        var target = RedisTarget.OfQueue(queue, redis);
        var logger = loggers.CreateLogger("sockudo.queue");
        var prefix = (isOwnCluster ? queue.RedisCluster.Prefix : queue.Redis.Prefix) ?? redis.KeyPrefix + "queue";
        var store = new RedisStore(new RedisConnector(target, nodeName, time), prefix, new BackendState("queue", driver, logger));
        return new RedisWebhookQueue(store, $"{nodeName}-{Guid.NewGuid():N}", TimeSpan.FromMilliseconds(queue.Redis.LeaseMs), queue.DeadLetterMax, time, logger);
    }

    /// <inheritdoc/>
    public BackendState State => _store.State;

    /// <inheritdoc/>
    public bool CanSkipTargets => false;

    private RedisKey Jobs => _store.Key("{webhooks}:jobs");

    private RedisKey Delayed => _store.Key("{webhooks}:delayed");

    private RedisKey Dead => _store.Key("{webhooks}:dead");

    private string Wake => _store.Key("{webhooks}:wake").ToString();

    private string LanePrefix => _store.Key("{webhooks}:lane:").ToString();

    /// <inheritdoc/>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        await OpenAsync(cancellationToken).ConfigureAwait(false);
        await ForgetConsumersAsync().ConfigureAwait(false);
        _renewing = Task.WhenAll(RenewAsync(), ListenAsync());
    }

    /// <summary>Connects, to look at what was given up.</summary>
    /// <exception cref="BackendException">Redis cannot be used.</exception>
    public async Task OpenAsync(CancellationToken cancellationToken)
    {
        await _store.StartAsync(cancellationToken).ConfigureAwait(false);
        await CreateGroupAsync().ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async ValueTask EnqueueAsync(IReadOnlyList<WebhookJob> jobs, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(jobs);
        RedisKey[] keys = [Jobs, .. jobs.Select(job => (RedisKey)(LanePrefix + job.Lane))];
        RedisValue[] values = [LaneLifeMs, .. jobs.SelectMany(static job => new RedisValue[] { WebhookJobText.Write(job), 0 }), Wake];
        await _store.AskAsync(database => database.ScriptEvaluateAsync(EnqueueScript, keys, values)).ConfigureAwait(false);
        Woken();
    }

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyList<LeasedJob>> LeaseAsync(int max, IReadOnlySet<string> busyTargets, CancellationToken cancellationToken)
    {
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var woken = WokenNext();
            var jobs = await LeaseNowAsync(max).ConfigureAwait(false);
            if (jobs.Count > 0)
                return jobs;
            await WaitAsync(woken, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <inheritdoc/>
    public async ValueTask EnterLaneAsync(LeasedJob job, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(job);
        var lane = (RedisKey)(LanePrefix + job.Job.Lane);
        var began = _time.GetTimestamp();
        while (true)
        {
            var woken = WokenNext();
            var first = await _store.AskAsync(database => database.ListGetByIndexAsync(lane, 0)).ConfigureAwait(false);
            if (first.IsNull || first == job.Receipt)
                return;
            // Whoever had the first one would have finished it or lost it by now, unless it is not there any more.
            if (_time.GetElapsedTime(began) > 2 * _lease)
            {
                await _store.AskAsync(async database =>
                {
                    var found = await database.StreamRangeAsync(Jobs, first, first).ConfigureAwait(false);
                    return found.Length > 0 ? 0 : await database.ListRemoveAsync(lane, first, 1).ConfigureAwait(false);
                }).ConfigureAwait(false);
            }

            await WaitAsync(woken, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <inheritdoc/>
    public ValueTask CompleteAsync(LeasedJob job, CancellationToken cancellationToken) => EndAsync(job, Jobs, "complete");

    /// <inheritdoc/>
    public ValueTask PostponeAsync(LeasedJob job, TimeSpan delay, int attempts, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(job);
        return EndAsync(job, Delayed, "postpone", (long)delay.TotalMilliseconds, Member(attempts, job.Job.Lane, WebhookJobText.Write(job.Job)));
    }

    /// <inheritdoc/>
    public ValueTask DeadLetterAsync(LeasedJob job, DeadLetter letter, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(letter);
        return _deadLetterMax == 0
            ? EndAsync(job, Jobs, "complete")
            : EndAsync(job, Dead, "dead", _deadLetterMax, WebhookJobText.Write(letter.Job), letter.Reason, letter.Attempts, letter.LastStatus ?? RedisValue.EmptyString);
    }

    /// <inheritdoc/>
    public void Abandon(LeasedJob job)
    {
        ArgumentNullException.ThrowIfNull(job);
        // Not renewed any more, it is taken over when its time is over, here or elsewhere.
        _held.TryRemove(job.Receipt, out _);
    }

    /// <inheritdoc/>
    public async ValueTask<QueueDepth> MeasureAsync(CancellationToken cancellationToken) => await _store.AskAsync(async database =>
    {
        var length = await database.StreamLengthAsync(Jobs).ConfigureAwait(false);
        var pending = length == 0 ? 0 : (await database.StreamPendingAsync(Jobs, Group).ConfigureAwait(false)).PendingMessageCount;
        var delayed = await database.SortedSetLengthAsync(Delayed).ConfigureAwait(false);
        var dead = await database.StreamLengthAsync(Dead).ConfigureAwait(false);
        var first = (await database.StreamRangeAsync(Jobs, count: 1).ConfigureAwait(false)).FirstOrDefault();
        var next = (await database.SortedSetRangeByRankAsync(Delayed, 0, 0).ConfigureAwait(false)).FirstOrDefault();
        long?[] created = [CreatedOf(first["job"]), next.IsNull ? null : CreatedOf(next.ToString().Split(' ', 3)[^1])];
        return new QueueDepth(Math.Max(0, length - pending), pending, delayed, dead, created.Min());
    }).ConfigureAwait(false);

    /// <inheritdoc/>
    public async Task<IReadOnlyList<DeadLetter>> ListAsync(int max, CancellationToken cancellationToken) =>
        [.. (await ReadDeadAsync(max).ConfigureAwait(false)).Select(static entry => entry.Letter)];

    /// <inheritdoc/>
    public async Task<int> RetryAsync(string? jobId, CancellationToken cancellationToken)
    {
        var now = _time.GetUtcNow().ToUnixTimeMilliseconds();
        var letters = (await ReadDeadAsync(int.MaxValue).ConfigureAwait(false)).Where(entry => jobId is null || entry.Letter.Job.Id == jobId).ToList();
        foreach (var (id, letter) in letters)
        {
            await EnqueueAsync([letter.Job with { CreatedMs = now }], cancellationToken).ConfigureAwait(false);
            await _store.AskAsync(database => database.StreamDeleteAsync(Dead, [id])).ConfigureAwait(false);
        }

        return letters.Count;
    }

    /// <inheritdoc/>
    public async Task<int> DropAsync(string? jobId, CancellationToken cancellationToken)
    {
        var letters = (await ReadDeadAsync(int.MaxValue).ConfigureAwait(false)).Where(entry => jobId is null || entry.Letter.Job.Id == jobId).ToList();
        foreach (var (id, _) in letters)
            await _store.AskAsync(database => database.StreamDeleteAsync(Dead, [id])).ConfigureAwait(false);
        return letters.Count;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stopped.CancelAsync().ConfigureAwait(false);
        await _renewing.ConfigureAwait(false);
        await _store.DisposeAsync().ConfigureAwait(false);
        _stopped.Dispose();
    }

    private static string Member(int attempts, string lane, string job) => string.Create(CultureInfo.InvariantCulture, $"{attempts} {lane} {job}");

    private static long? CreatedOf(RedisValue job) => job.IsNull ? null : WebhookJobText.TryRead(job.ToString(), out _)?.CreatedMs;

    private async Task<List<LeasedJob>> LeaseNowAsync(int max)
    {
        await _store.AskAsync(database => database.ScriptEvaluateAsync(MoveDueScript, [Jobs, Delayed], [LanePrefix, LaneLifeMs])).ConfigureAwait(false);
        var entries = await ReadAsync(max).ConfigureAwait(false);
        var jobs = new List<LeasedJob>();
        foreach (var entry in entries)
        {
            var id = entry.Id.ToString();
            var text = entry["job"].ToString();
            // Anybody can put anything there, and what one node cannot take, no other could either.
            var isCounted = entry["attempts"].TryParse(out int attempts) && attempts >= 0;
            var job = WebhookJobText.TryRead(text, out var isNewer);
            if (job is not null && isCounted)
            {
                jobs.Add(new LeasedJob(job, attempts, id));
            }
            else
            {
                LogUnreadable(_logger, id, isNewer);
                var stranger = new LeasedJob(job ?? new WebhookJob("", "", "", "", 0, ""), attempts, id);
                if (isNewer && isCounted)
                    await EndAsync(stranger, Delayed, "postpone", NewerPauseMs, Member(attempts, "", text)).ConfigureAwait(false);
                else
                    await EndAsync(stranger, Dead, "dead", Math.Max(_deadLetterMax, 1), text, "unreadable", 0, "").ConfigureAwait(false);
            }
        }

        // Not before: what is not passed on must not be renewed.
        foreach (var job in jobs)
            _held.TryAdd(job.Receipt, 0);
        return jobs;
    }

    // Those whose node has died first, then new ones.
    private async Task<List<StreamEntry>> ReadAsync(int max)
    {
        var found = await _store.AskAsync<List<StreamEntry>?>(async database =>
        {
            try
            {
                var claimed = await database.StreamAutoClaimAsync(Jobs, Group, _consumer, (long)_lease.TotalMilliseconds, "0-0", max).ConfigureAwait(false);
                var entries = claimed.ClaimedEntries.Where(static entry => !entry.IsNull && entry.Values.Length > 0).ToList();
                if (entries.Count < max)
                    entries.AddRange(await database.StreamReadGroupAsync(Jobs, Group, _consumer, ">", max - entries.Count).ConfigureAwait(false));
                return entries;
            }
            catch (RedisServerException exception) when (exception.Message.Contains("NOGROUP", StringComparison.Ordinal))
            {
                // Somebody has emptied Redis.
                return null;
            }
        }).ConfigureAwait(false);
        if (found is null)
            await CreateGroupAsync().ConfigureAwait(false);
        return found ?? [];
    }

    private async Task CreateGroupAsync()
    {
        await _store.AskAsync(async database =>
        {
            try
            {
                return await database.StreamCreateConsumerGroupAsync(Jobs, Group, "0-0", createStream: true).ConfigureAwait(false);
            }
            catch (RedisServerException exception) when (exception.Message.Contains("BUSYGROUP", StringComparison.Ordinal))
            {
                return true;
            }
        }).ConfigureAwait(false);
    }

    // Those of processes that have ended long ago and have left nothing.
    private Task<bool> ForgetConsumersAsync() => _store.AskAsync(async database =>
    {
        foreach (var consumer in await database.StreamConsumerInfoAsync(Jobs, Group).ConfigureAwait(false))
        {
            if (consumer.PendingMessageCount == 0 && consumer.IdleTimeInMilliseconds > ConsumerLifeMs)
                await database.StreamDeleteConsumerAsync(Jobs, Group, consumer.Name).ConfigureAwait(false);
        }

        return true;
    });

    private async ValueTask EndAsync(LeasedJob job, RedisKey other, string how, params RedisValue[] more)
    {
        await _store.AskAsync(database => database.ScriptEvaluateAsync(EndScript, [Jobs, LanePrefix + job.Job.Lane, other], [job.Receipt, Wake, how, .. more])).ConfigureAwait(false);
        _held.TryRemove(job.Receipt, out _);
    }

    private async Task<List<(RedisValue Id, DeadLetter Letter)>> ReadDeadAsync(int max)
    {
        var entries = await _store.AskAsync(database => database.StreamRangeAsync(Dead, count: max, messageOrder: Order.Descending)).ConfigureAwait(false);
        var letters = new List<(RedisValue, DeadLetter)>();
        foreach (var entry in entries.Reverse())
        {
            var job = WebhookJobText.TryRead(entry["job"].ToString(), out _) ?? new WebhookJob(entry.Id.ToString(), "", "", "", 0, "{}");
            letters.Add((entry.Id, new DeadLetter(job, entry["reason"].ToString(), entry["attempts"].TryParse(out int attempts) ? attempts : 0, entry["last_status"].TryParse(out int status) ? status : null)));
        }

        return letters;
    }

    private async Task ListenAsync()
    {
        while (!_stopped.IsCancellationRequested && !await _store.TryListenAsync(Wake, Woken).ConfigureAwait(false))
            await Task.Delay(ListenPause, _time, _stopped.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    // What is held here stays here.
    private async Task RenewAsync()
    {
        using var timer = new PeriodicTimer(_lease / 3, _time);
        try
        {
            while (await timer.WaitForNextTickAsync(_stopped.Token).ConfigureAwait(false))
            {
                RedisValue[] ids = [.. _held.Keys.Select(static id => (RedisValue)id)];
                if (ids.Length == 0)
                    continue;
                try
                {
                    await _store.AskAsync(database => database.StreamClaimIdsOnlyAsync(Jobs, Group, _consumer, 0, ids)).ConfigureAwait(false);
                }
                catch (BackendException)
                {
                    // "Leases held during the outage may be delivered twice."
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The server stops.
        }
    }

    private void Woken()
    {
        lock (_gate)
            _woken.TrySetResult();
    }

    private Task WokenNext()
    {
        lock (_gate)
        {
            if (_woken.Task.IsCompleted)
                _woken = NewSignal();
            return _woken.Task;
        }
    }

    private async Task WaitAsync(Task woken, CancellationToken cancellationToken)
    {
        try
        {
            await woken.WaitAsync(TimeSpan.FromMilliseconds(PollMs), _time, cancellationToken).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            // "Polling at least once per second replaces a lost one."
        }
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    [LoggerMessage(1, LogLevel.Error, "a webhook job in the queue cannot be read  entry={Entry} is_newer={IsNewer}")]
    private static partial void LogUnreadable(ILogger logger, string entry, bool isNewer);
}
