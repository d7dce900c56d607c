using System.Globalization;
using System.Runtime.CompilerServices;
using Microsoft.Extensions.Logging.Abstractions;
using Sockudo.Aws;
using Sockudo.Configuration;
using Sockudo.Redis;
using Sockudo.Server.Backends;
using Sockudo.Server.Options;
using Sockudo.Sql;

namespace Sockudo.Diagnosis;

/// <summary>Contacts every configured backend as the server does at its start, and changes nothing there.</summary>
/// <param name="options">Say which.</param>
/// <param name="time">The clock.</param>
internal sealed class BackendChecks(SockudoOptions options, TimeProvider time)
{
    private const string NodeName = "doctor";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);

    // Components share servers, and clocks are told of once.
    private readonly HashSet<string> _clocks = new(StringComparer.Ordinal);

    /// <summary>Looks at one after the other.</summary>
    public async IAsyncEnumerable<Finding> RunAsync([EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        (string Component, string Driver, Func<CancellationToken, Task<IReadOnlyList<Finding>>>? Look)[] components =
        [
            ("adapter", Choices.NameOf(options.Adapter.Driver), options.Adapter.Driver is AdapterDriver.Local ? null : AdapterAsync),
            ("app_manager", Choices.NameOf(options.AppManager.Driver), options.AppManager.Driver is AppManagerDriver.Memory ? null : AppManagerAsync),
            ("cache", Choices.NameOf(options.Cache.Driver), options.Cache.Driver is CacheDriver.Redis or CacheDriver.RedisCluster
                ? cancel => RedisAsync("cache", RedisTarget.Of(options.Database.Redis, options.Cache.Redis, "cache.redis", options.Cache.Driver is CacheDriver.RedisCluster), cancel) : null),
            ("queue", Choices.NameOf(options.Queue.Driver), options.Queue.Driver is QueueDriver.Memory or QueueDriver.None ? null : QueueAsync),
            ("rate_limiter", Choices.NameOf(options.RateLimiter.Driver), options.RateLimiter.Driver is RateLimiterDriver.Redis or RateLimiterDriver.RedisCluster
                ? cancel => RedisAsync("rate_limiter", RedisTarget.Of(options.Database.Redis, options.RateLimiter.Redis, "rate_limiter.redis", options.RateLimiter.Driver is RateLimiterDriver.RedisCluster), cancel) : null),
        ];
        foreach (var (component, driver, look) in components)
        {
            if (look is null)
            {
                yield return Finding.Ok(component, $"{driver}: nothing to reach");
                continue;
            }

            foreach (var finding in await AskAsync(component, look, cancellationToken).ConfigureAwait(false))
                yield return finding;
        }
    }

    private static async Task<IReadOnlyList<Finding>> AskAsync(
        string component, Func<CancellationToken, Task<IReadOnlyList<Finding>>> look, CancellationToken cancellationToken)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(Patience);
        try
        {
            return await look(patience.Token).ConfigureAwait(false);
        }
        catch (BackendException exception)
        {
            return [Finding.Problem(component, exception.Message, exception.IsPermanent ? "correct the keys named" : "start it or let it be reached from here, or correct the keys named")];
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return [Finding.Problem(component, string.Create(CultureInfo.InvariantCulture, $"there was no answer within {Patience.TotalSeconds:0} s"), "let it be reached from here, or correct its address")];
        }
    }

    // A message to oneself, as between nodes.
    private async Task<IReadOnlyList<Finding>> AdapterAsync(CancellationToken cancellationToken)
    {
        var topic = $"doctor:{Guid.NewGuid():N}";
        var heard = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var bus = Composition.CreateBus(options, NodeName, time, NullLoggerFactory.Instance)!;
        await using var disposal = bus.ConfigureAwait(false);
        await bus.StartAsync((_, _) => heard.TrySetResult(), cancellationToken).ConfigureAwait(false);
        await bus.SubscribeAsync(topic, cancellationToken).ConfigureAwait(false);
        var began = time.GetTimestamp();
        await bus.PublishAsync(topic, "doctor"u8.ToArray(), cancellationToken).ConfigureAwait(false);
        await heard.Task.WaitAsync(cancellationToken).ConfigureAwait(false);
        var reached = Finding.Ok("adapter", $"{Choices.NameOf(options.Adapter.Driver)}: a message came back after {Milliseconds(time.GetElapsedTime(began))}");
        if (options.Adapter.Driver is AdapterDriver.Nats)
            return [reached];
        var facts = await RedisInspection.LookAsync(RedisTarget.OfAdapter(options.Adapter, options.Database.Redis), time, cancellationToken).ConfigureAwait(false);
        return [reached, .. facts.SelectMany(ClockOf)];
    }

    private async Task<IReadOnlyList<Finding>> AppManagerAsync(CancellationToken cancellationToken)
    {
        const string Check = "app_manager";
        var driver = Choices.NameOf(options.AppManager.Driver);
        if (options.AppManager.Driver is AppManagerDriver.Sqlite && !File.Exists(options.Database.Sqlite.Path))
            return [SqliteMissing(Check)];
        // Whoever only looks makes no tables.
        var looking = options with { AppManager = options.AppManager with { AutoMigrate = false } };
        var database = AppDatabases.Create(looking, time, NullLoggerFactory.Instance)!;
        await using var disposal = database.ConfigureAwait(false);
        try
        {
            await database.StartAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (BackendException exception) when (exception.IsMissing && options.AppManager.AutoMigrate)
        {
            return [Finding.Ok(Check, $"{driver}: reached; the table is made at the first start")];
        }

        var began = time.GetTimestamp();
        await database.FindByIdAsync("doctor", cancellationToken).ConfigureAwait(false);
        var roundTrip = time.GetElapsedTime(began);
        var apps = await database.ListAsync(cancellationToken).ConfigureAwait(false);
        var reached = apps.Count > 0
            ? Finding.Ok(Check, string.Create(CultureInfo.InvariantCulture, $"{driver}: {apps.Count} apps, looked up in {Milliseconds(roundTrip)}"))
            : Finding.Warning(Check, $"{driver}: reached, and there are no apps: every client is refused", "sockudo apps create <id>");
        var asked = time.GetUtcNow();
        return database is SqlAppDatabase sql && await sql.ReadClockAsync(cancellationToken).ConfigureAwait(false) is { } clock
            ? [reached, ClockCheck.Compare($"the {driver} server", clock, asked + ((time.GetUtcNow() - asked) / 2))]
            : [reached];
    }

    private async Task<IReadOnlyList<Finding>> QueueAsync(CancellationToken cancellationToken)
    {
        const string Check = "queue";
        switch (options.Queue.Driver)
        {
            case QueueDriver.Sqlite when !File.Exists(options.Database.Sqlite.Path):
                return [SqliteMissing(Check)];
            case QueueDriver.Sqlite:
                var file = new SqliteWebhookQueue(options.Database.Sqlite.Path, options.Queue, time, NullLogger.Instance);
                await using (file.ConfigureAwait(false))
                    file.Open();
                return [Finding.Ok(Check, $"sqlite: {options.Database.Sqlite.Path} can be written")];
            case QueueDriver.Sqs:
                var sqs = new SqsWebhookQueue(options.Queue.Sqs with { CreateQueue = false }, time, NullLogger.Instance);
                await using (sqs.ConfigureAwait(false))
                    return [await SqsAsync(sqs, cancellationToken).ConfigureAwait(false)];
            default:
                var target = RedisTarget.OfQueue(options.Queue, options.Database.Redis);
                var facts = await RedisInspection.LookAsync(target, time, cancellationToken).ConfigureAwait(false);
                return [Reached(Check, facts), .. facts.SelectMany(ClockOf), .. facts.SelectMany(SafetyOf)];
        }
    }

    private async Task<Finding> SqsAsync(SqsWebhookQueue queue, CancellationToken cancellationToken)
    {
        try
        {
            await queue.OpenAsync(cancellationToken).ConfigureAwait(false);
            var began = time.GetTimestamp();
            await queue.MeasureAsync(cancellationToken).ConfigureAwait(false);
            return Finding.Ok("queue", $"sqs: answers in {Milliseconds(time.GetElapsedTime(began))}");
        }
        catch (BackendException exception) when (exception.IsMissing && options.Queue.Sqs.CreateQueue)
        {
            return Finding.Ok("queue", "sqs: reached; the queue is made at the first start");
        }
    }

    private async Task<IReadOnlyList<Finding>> RedisAsync(string check, RedisTarget target, CancellationToken cancellationToken)
    {
        var facts = await RedisInspection.LookAsync(target, time, cancellationToken).ConfigureAwait(false);
        return [Reached(check, facts), .. facts.SelectMany(ClockOf)];
    }

    private static Finding Reached(string check, IReadOnlyList<RedisServerFacts> facts) =>
        Finding.Ok(check, "Redis " + string.Join(", ", facts.Select(static one => $"{one.Address}{(one.Version is null ? "" : $" {one.Version}")} answers in {Milliseconds(one.RoundTrip)}")));

    private IEnumerable<Finding> ClockOf(RedisServerFacts facts)
    {
        if (_clocks.Add(facts.Address))
            yield return ClockCheck.Compare($"Redis {facts.Address}", facts.Clock, facts.Asked);
    }

    // A queue is no cache: what is thrown away there is a webhook that nobody gets.
    private static IEnumerable<Finding> SafetyOf(RedisServerFacts facts)
    {
        if (facts.EvictionPolicy is { } policy)
        {
            var seen = $"Redis {facts.Address}: maxmemory-policy = {policy}, maxmemory = {facts.MaxMemory}";
            yield return policy is not "noeviction" && !policy.StartsWith("volatile-", StringComparison.Ordinal) && facts.MaxMemory > 0
                ? Finding.Problem("queue eviction", seen + ": webhook jobs may be thrown away", "set maxmemory-policy noeviction on the Redis of the queue")
                : Finding.Ok("queue eviction", seen);
        }

        if (facts.HasAppendOnlyFile is { } appends)
        {
            var seen = $"Redis {facts.Address}: appendonly = {(appends ? "yes" : "no")}, snapshots = {facts.HasSnapshots switch { true => "yes", false => "no", _ => "unknown" }}";
            yield return appends ? Finding.Ok("queue persistence", seen)
                : Finding.Warning("queue persistence", seen + ": a restart of Redis loses webhook jobs", "set appendonly yes on the Redis of the queue");
        }
    }

    private Finding SqliteMissing(string check) => Finding.Ok(check, $"sqlite: {options.Database.Sqlite.Path} is made at the first start");

    private static string Milliseconds(TimeSpan time) => string.Create(CultureInfo.InvariantCulture, $"{time.TotalMilliseconds:0.0} ms");
}
