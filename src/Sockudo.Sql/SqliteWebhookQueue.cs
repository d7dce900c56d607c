using System.Collections.Concurrent;
using System.Globalization;
using System.Threading.Channels;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;
using Sockudo.Server.Backends;
using Sockudo.Server.Options;
using Sockudo.Server.Webhooks;

namespace Sockudo.Sql;

/// <summary>
/// The embedded durable queue of a node (storage.md 5.6). What is asked for at the same time is done in one transaction: a job counts as enqueued when it is on the disk, and
/// nobody waits for a disk alone. A lease belongs to the process: after a restart all are free.
/// </summary>
public sealed class SqliteWebhookQueue : IWebhookQueue, IDeadLetters, IBackend
{
    private const int MaxGroup = 1000;
    private const int PollMs = 1000;

    // More than a clock that is kept right by small steps is ever moved by at once.
    private const int ClockStepMs = 1000;

    private const string Schema =
        """
        CREATE TABLE IF NOT EXISTS webhook_jobs (
          number INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL, app_id TEXT NOT NULL, webhook TEXT NOT NULL, lane TEXT NOT NULL, created_ms INTEGER NOT NULL, body TEXT NOT NULL,
          attempts INTEGER NOT NULL DEFAULT 0, due_ms INTEGER NOT NULL DEFAULT 0, leased INTEGER NOT NULL DEFAULT 0
        );
        CREATE INDEX IF NOT EXISTS webhook_jobs_due ON webhook_jobs (leased, due_ms, number);
        CREATE TABLE IF NOT EXISTS webhook_dead_letters (
          number INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL, app_id TEXT NOT NULL, webhook TEXT NOT NULL, lane TEXT NOT NULL, created_ms INTEGER NOT NULL, body TEXT NOT NULL,
          reason TEXT NOT NULL, attempts INTEGER NOT NULL, last_status INTEGER
        );
        """;

    private readonly string _path;
    private readonly int _deadLetterMax;
    private readonly TimeProvider _time;
    private readonly Channel<Operation> _operations = Channel.CreateUnbounded<Operation>(new UnboundedChannelOptions { SingleReader = true });
    private readonly ConcurrentDictionary<string, byte> _abandoned = new(StringComparer.Ordinal);
    private readonly Lock _gate = new();
    private TaskCompletionSource _changed = NewSignal();
    private SqliteConnection? _connection;
    private Task _running = Task.CompletedTask;
    private (long Wall, long Timestamp)? _clock;

    /// <param name="path"><c>database.sqlite.path</c>.</param>
    /// <param name="options">Section <c>queue</c>.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger"><c>sockudo.queue</c>.</param>
    public SqliteWebhookQueue(string path, QueueOptions options, TimeProvider time, ILogger logger)
    {
        ArgumentNullException.ThrowIfNull(options);
        _path = path;
        _deadLetterMax = options.DeadLetterMax;
        _time = time;
        State = new BackendState("queue", "sqlite", logger);
    }

    /// <inheritdoc/>
    public BackendState State { get; }

    private long Now => _time.GetUtcNow().ToUnixTimeMilliseconds();

    /// <inheritdoc/>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        Open();
        _clock = (Now, _time.GetTimestamp());
        await AskAsync(static connection => connection.Do("UPDATE webhook_jobs SET leased = 0 WHERE leased = 1")).ConfigureAwait(false);
    }

    /// <summary>Opens the file beside a server that may be using it.</summary>
    /// <exception cref="BackendException">It cannot be used.</exception>
    public void Open()
    {
        if (_connection is not null)
            return;
        SqliteFile.Prepare(_path);
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = _path, DefaultTimeout = 5, Pooling = false }.ConnectionString);
        try
        {
            connection.Open();
            connection.Do("PRAGMA journal_mode = WAL");
            connection.Do("PRAGMA synchronous = FULL");
            connection.Do(Schema);
        }
        catch (SqliteException exception)
        {
            connection.Dispose();
            throw new BackendException($"SQLite {_path} cannot be used: {exception.Message} (database.sqlite.path)", SqliteFile.IsPermanent(exception), exception);
        }

        _connection = connection;
        _running = RunAsync(connection);
    }

    /// <inheritdoc/>
    public async ValueTask EnqueueAsync(IReadOnlyList<WebhookJob> jobs, CancellationToken cancellationToken)
    {
        await AskAsync(connection =>
        {
            foreach (var job in jobs)
                Insert(connection, job);
            return jobs.Count;
        }).ConfigureAwait(false);
        Changed();
    }

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyList<LeasedJob>> LeaseAsync(int max, IReadOnlySet<string> busyTargets, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(busyTargets);
        while (true)
        {
            Task changed;
            lock (_gate)
            {
                if (_changed.Task.IsCompleted)
                    _changed = NewSignal();
                changed = _changed.Task;
            }

            cancellationToken.ThrowIfCancellationRequested();
            var now = Now;
            var abandoned = _abandoned.Keys.ToList();
            var (jobs, next) = await AskAsync(connection =>
            {
                foreach (var number in abandoned)
                    connection.Do("UPDATE webhook_jobs SET leased = 0 WHERE number = @number", ("@number", number));
                return Lease(connection, max, busyTargets, now);
            }).ConfigureAwait(false);
            foreach (var number in abandoned)
                _abandoned.TryRemove(number, out _);
            if (jobs.Count > 0)
                return jobs;
            // Somebody may put a dead letter back from another process.
            var patience = next is { } due ? TimeSpan.FromMilliseconds(Math.Clamp(due - now, 1, PollMs)) : TimeSpan.FromMilliseconds(PollMs);
            try
            {
                await changed.WaitAsync(patience, _time, cancellationToken).ConfigureAwait(false);
            }
            catch (TimeoutException)
            {
                // Something is due.
            }
        }
    }

    /// <inheritdoc/>
    public async ValueTask CompleteAsync(LeasedJob job, CancellationToken cancellationToken) =>
        await AskAsync(connection => Delete(connection, job)).ConfigureAwait(false);

    /// <inheritdoc/>
    public async ValueTask PostponeAsync(LeasedJob job, TimeSpan delay, int attempts, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(job);
        var due = Now + (long)delay.TotalMilliseconds;
        await AskAsync(connection => connection.Do(
            "UPDATE webhook_jobs SET leased = 0, due_ms = @due, attempts = @attempts WHERE number = @number",
            ("@due", due), ("@attempts", attempts), ("@number", job.Receipt))).ConfigureAwait(false);
        Changed();
    }

    /// <inheritdoc/>
    public async ValueTask DeadLetterAsync(LeasedJob job, DeadLetter letter, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(letter);
        await AskAsync(connection =>
        {
            if (Delete(connection, job) == 0 || _deadLetterMax == 0)
                return 0;
            var dead = letter.Job;
            connection.Do(
                """
                INSERT INTO webhook_dead_letters (id, app_id, webhook, lane, created_ms, body, reason, attempts, last_status)
                VALUES (@id, @app, @webhook, @lane, @created, @body, @reason, @attempts, @status)
                """,
                ("@id", dead.Id), ("@app", dead.AppId), ("@webhook", dead.Webhook), ("@lane", dead.Lane), ("@created", dead.CreatedMs), ("@body", dead.Body),
                ("@reason", letter.Reason), ("@attempts", letter.Attempts), ("@status", (object?)letter.LastStatus ?? DBNull.Value));
            return connection.Do(
                "DELETE FROM webhook_dead_letters WHERE number <= (SELECT number FROM webhook_dead_letters ORDER BY number DESC LIMIT 1 OFFSET @max)", ("@max", _deadLetterMax));
        }).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public void Abandon(LeasedJob job)
    {
        ArgumentNullException.ThrowIfNull(job);
        // Freed with the next lease, when the file can be written again.
        _abandoned.TryAdd(job.Receipt, 0);
        Changed();
    }

    /// <inheritdoc/>
    public async ValueTask<QueueDepth> MeasureAsync(CancellationToken cancellationToken)
    {
        var now = Now;
        return await AskAsync(connection =>
        {
            var row = connection.Rows(
                """
                SELECT COUNT(*) FILTER (WHERE leased = 0 AND due_ms <= @now), COUNT(*) FILTER (WHERE leased = 1), COUNT(*) FILTER (WHERE leased = 0 AND due_ms > @now), MIN(created_ms),
                  (SELECT COUNT(*) FROM webhook_dead_letters) FROM webhook_jobs
                """,
                static reader => (reader.GetInt64(0), reader.GetInt64(1), reader.GetInt64(2), reader.IsDBNull(3) ? (long?)null : reader.GetInt64(3), reader.GetInt64(4)), ("@now", now))[0];
            return new QueueDepth(row.Item1, row.Item2, row.Item3, row.Item5, row.Item4);
        }).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public Task<IReadOnlyList<DeadLetter>> ListAsync(int max, CancellationToken cancellationToken) => AskAsync<IReadOnlyList<DeadLetter>>(connection =>
    {
        var letters = connection.Rows(
            "SELECT id, app_id, webhook, lane, created_ms, body, reason, attempts, last_status FROM webhook_dead_letters ORDER BY number DESC LIMIT @max",
            static reader => new DeadLetter(
                new WebhookJob(reader.GetString(0), reader.GetString(1), reader.GetString(2), reader.GetString(3), reader.GetInt64(4), reader.GetString(5)),
                reader.GetString(6), reader.GetInt32(7), reader.IsDBNull(8) ? null : reader.GetInt32(8)),
            ("@max", max));
        letters.Reverse();
        return letters;
    });

    /// <inheritdoc/>
    public async Task<int> RetryAsync(string? jobId, CancellationToken cancellationToken)
    {
        var now = Now;
        var count = await AskAsync(connection =>
        {
            connection.Do(
                """
                INSERT INTO webhook_jobs (id, app_id, webhook, lane, created_ms, body)
                SELECT id, app_id, webhook, lane, @now, body FROM webhook_dead_letters WHERE @id IS NULL OR id = @id ORDER BY number
                """,
                ("@now", now), ("@id", (object?)jobId ?? DBNull.Value));
            return Drop(connection, jobId);
        }).ConfigureAwait(false);
        Changed();
        return count;
    }

    /// <inheritdoc/>
    public Task<int> DropAsync(string? jobId, CancellationToken cancellationToken) => AskAsync(connection => Drop(connection, jobId));

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _operations.Writer.TryComplete();
        await _running.ConfigureAwait(false);
        if (_connection is not null)
            await _connection.DisposeAsync().ConfigureAwait(false);
    }

    // The time of day was set: what waits is due as long from now as before, and is as old as before. The server's part alone, not that of who looks at the file beside it.
    private (long Wall, long Timestamp)? FollowClock(SqliteConnection connection)
    {
        if (_clock is not { } last)
            return null;
        var (wall, timestamp) = (Now, _time.GetTimestamp());
        var step = wall - last.Wall - (long)_time.GetElapsedTime(last.Timestamp, timestamp).TotalMilliseconds;
        if (Math.Abs(step) > ClockStepMs)
            connection.Do("UPDATE webhook_jobs SET created_ms = created_ms + @step, due_ms = CASE due_ms WHEN 0 THEN 0 ELSE due_ms + @step END", ("@step", step));
        return (wall, timestamp);
    }

    private static int Drop(SqliteConnection connection, string? jobId) =>
        connection.Do("DELETE FROM webhook_dead_letters WHERE @id IS NULL OR id = @id", ("@id", (object?)jobId ?? DBNull.Value));

    private static int Delete(SqliteConnection connection, LeasedJob job) => connection.Do("DELETE FROM webhook_jobs WHERE number = @number", ("@number", job.Receipt));

    private static void Insert(SqliteConnection connection, WebhookJob job) => connection.Do(
        "INSERT INTO webhook_jobs (id, app_id, webhook, lane, created_ms, body) VALUES (@id, @app, @webhook, @lane, @created, @body)",
        ("@id", job.Id), ("@app", job.AppId), ("@webhook", job.Webhook), ("@lane", job.Lane), ("@created", job.CreatedMs), ("@body", job.Body));

    private static (IReadOnlyList<LeasedJob> Jobs, long? Next) Lease(SqliteConnection connection, int max, IReadOnlySet<string> busyTargets, long now)
    {
        var busy = busyTargets.Select(static (target, index) => (Name: string.Create(CultureInfo.InvariantCulture, $"@busy{index}"), Target: target)).ToList();
        (string, object)[] parameters = [("@now", now), ("@max", max), .. busy.Select(static target => (target.Name, (object)target.Target))];
        var isFree = $"leased = 0 AND app_id || '/' || webhook NOT IN ({string.Join(',', busy.Select(static target => target.Name))})";
        var jobs = connection.Rows(
            $"""
             UPDATE webhook_jobs SET leased = 1
             WHERE number IN (SELECT number FROM webhook_jobs WHERE {isFree} AND due_ms <= @now ORDER BY number LIMIT @max)
             RETURNING number, id, app_id, webhook, lane, created_ms, body, attempts
             """,
            static reader => (Number: reader.GetInt64(0), Job: new LeasedJob(
                new WebhookJob(reader.GetString(1), reader.GetString(2), reader.GetString(3), reader.GetString(4), reader.GetInt64(5), reader.GetString(6)),
                reader.GetInt32(7), reader.GetInt64(0).ToString(CultureInfo.InvariantCulture))),
            parameters);
        if (jobs.Count > 0)
            return ([.. jobs.OrderBy(static job => job.Number).Select(static job => job.Job)], null);
        var next = connection.Rows($"SELECT MIN(due_ms) FROM webhook_jobs WHERE {isFree}", static reader => reader.IsDBNull(0) ? (long?)null : reader.GetInt64(0), parameters)[0];
        return ([], next);
    }

    private async Task<T> AskAsync<T>(Func<SqliteConnection, T> ask)
    {
        var done = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        T? result = default;
        var operation = new Operation(connection => result = ask(connection), () => done.SetResult(result!), exception => done.SetException(exception));
        if (!_operations.Writer.TryWrite(operation))
            throw new BackendException("the queue is closed");
        return await done.Task.ConfigureAwait(false);
    }

    private async Task RunAsync(SqliteConnection connection)
    {
        var group = new List<Operation>();
        while (await _operations.Reader.WaitToReadAsync().ConfigureAwait(false))
        {
            group.Clear();
            while (group.Count < MaxGroup && _operations.Reader.TryRead(out var operation))
                group.Add(operation);
            Do(connection, group);
        }
    }

    private void Do(SqliteConnection connection, List<Operation> group)
    {
        try
        {
            using var transaction = connection.BeginTransaction(deferred: false);
            var clock = FollowClock(connection);
            foreach (var operation in group)
                operation.Do(connection);
            transaction.Commit();
            _clock = clock;
            State.Up();
            foreach (var operation in group)
                operation.Done();
        }
        catch (Exception exception) when (exception is SqliteException or InvalidOperationException or IOException)
        {
            var reason = $"SQLite {_path} cannot be used: {exception.Message} (database.sqlite.path)";
            State.Down(reason);
            foreach (var operation in group)
                operation.Failed(new BackendException(reason, inner: exception));
        }
    }

    private void Changed()
    {
        lock (_gate)
            _changed.TrySetResult();
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private sealed record Operation(Action<SqliteConnection> Do, Action Done, Action<Exception> Failed);
}
