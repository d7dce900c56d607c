using Microsoft.Extensions.Logging.Abstractions;
using Sockudo.Server.Backends;
using Sockudo.Server.Options;
using Sockudo.Server.Webhooks;
using Sockudo.Specification;
using Sockudo.Specification.Backends;
using Sockudo.Sql;
using Xunit;

namespace Sockudo.Stores.Tests.Sqlite;

/// <inheritdoc/>
public sealed class SqliteWebhookQueueTests : SkippingWebhookQueueSpec, IAsyncDisposable
{
    private readonly string _directory = FastDirectory.Create("sockudo-sqlite-");
    private readonly List<SqliteWebhookQueue> _queues = [];

    private string FileName => Path.Combine(_directory, "queue.db");

    public async ValueTask DisposeAsync()
    {
        foreach (var queue in _queues)
            await queue.DisposeAsync();
        Directory.Delete(_directory, recursive: true);
    }

    [Fact]
    public async Task After_a_restart_everything_is_there_and_free_in_its_order()
    {
        var before = await StartAsync();
        await before.EnqueueAsync([.. Enumerable.Range(0, 10).Select(number => Job(number))], default);
        var leased = await LeaseAsync(before, 5);
        await before.CompleteAsync(leased[0], default);
        await before.PostponeAsync(leased[1], TimeSpan.FromMilliseconds(1), 4, default);
        await before.DisposeAsync();
        _queues.Remove((SqliteWebhookQueue)before);

        var after = await StartAsync();
        await Task.Delay(50);
        var jobs = await LeaseAsync(after, 9);
        Assert.Equal(Enumerable.Range(1, 9).Select(number => Job(number)), jobs.Select(static job => job.Job));
        Assert.Equal(4, jobs[0].Attempts);
    }

    [Fact]
    public async Task A_job_that_is_abandoned_comes_back()
    {
        var queue = await StartAsync();
        await queue.EnqueueAsync([Job(0), Job(1)], default);
        var jobs = await LeaseAsync(queue, 2);
        queue.Abandon(jobs[0]);
        Assert.Equal(Job(0), (await LeaseAsync(queue, 1))[0].Job);
        Assert.Empty(await TryLeaseAsync(queue));
    }

    [Fact]
    public async Task Somebody_else_sends_what_was_given_up_once_more()
    {
        var queue = await StartAsync();
        await queue.EnqueueAsync([Job(0), Job(1), Job(2)], default);
        foreach (var leased in await LeaseAsync(queue, 3))
            await queue.DeadLetterAsync(leased, new DeadLetter(leased.Job, "why", 2, null), default);
        await using var people = new SqliteWebhookQueue(FileName, new QueueOptions(), TimeProvider.System, NullLogger.Instance);
        people.Open();
        Assert.Equal([new DeadLetter(Job(0), "why", 2, null), new DeadLetter(Job(1), "why", 2, null), new DeadLetter(Job(2), "why", 2, null)], await people.ListAsync(10, default));
        Assert.Equal(1, await people.DropAsync(Job(0).Id, default));
        Assert.Equal(0, await people.RetryAsync("nobody", default));
        Assert.Equal(1, await people.RetryAsync(Job(1).Id, default));
        var again = (await LeaseAsync(queue, 1))[0];
        // As new: the time within which it may be tried begins again.
        Assert.Equal((Job(1).Id, Job(1).Body, 0), (again.Job.Id, again.Job.Body, again.Attempts));
        Assert.InRange(TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds() - again.Job.CreatedMs, 0, 10_000);
        Assert.Equal(1, await people.DropAsync(null, default));
        Assert.Empty(await people.ListAsync(10, default));
    }

    [Theory]
    [InlineData(3)]
    [InlineData(-3)]
    public async Task A_clock_that_is_set_while_a_job_waits_makes_it_neither_late_nor_old(int days)
    {
        var clock = new MovableClock();
        var queue = await StartAsync(clock);
        var created = clock.GetUtcNow().ToUnixTimeMilliseconds();
        await queue.EnqueueAsync([Job(0) with { CreatedMs = created }], default);
        clock.Offset = TimeSpan.FromDays(days);
        await queue.PostponeAsync((await LeaseAsync(queue, 1))[0], TimeSpan.FromMilliseconds(300), 1, default);
        Assert.Empty(await TryLeaseAsync(queue));
        clock.Offset = TimeSpan.Zero;
        var again = (await LeaseAsync(queue, 1))[0];
        Assert.InRange(again.Job.CreatedMs, created - 2000, created + 2000);
    }

    [Fact]
    public async Task What_is_no_database_is_an_error_that_names_the_key()
    {
        await File.WriteAllTextAsync(FileName, new string('x', 4096));
        await using var queue = new SqliteWebhookQueue(FileName, new QueueOptions(), TimeProvider.System, NullLogger.Instance);
        var exception = await Assert.ThrowsAsync<BackendException>(() => queue.StartAsync(default));
        Assert.True(exception.IsPermanent);
        Assert.Contains("database.sqlite.path", exception.Message, StringComparison.Ordinal);
    }

    protected override async Task<IWebhookQueue> GetAsync() => await StartAsync();

    protected override Task WaitAsync(TimeSpan time) => Task.Delay(time);

    private async Task<SqliteWebhookQueue> StartAsync(TimeProvider? time = null)
    {
        var queue = new SqliteWebhookQueue(FileName, new QueueOptions { DeadLetterMax = MaxDead }, time ?? TimeProvider.System, NullLogger.Instance);
        _queues.Add(queue);
        await queue.StartAsync(default);
        return queue;
    }

    /// <summary>Its time of day can be set; what it measures time spans with goes on as ever.</summary>
    private sealed class MovableClock : TimeProvider
    {
        public TimeSpan Offset { get; set; }

        public override DateTimeOffset GetUtcNow() => System.GetUtcNow() + Offset;
    }
}
