using System.Globalization;
using Sockudo.Server.Webhooks;
using Xunit;

namespace Sockudo.Specification;

/// <summary>What every <see cref="IWebhookQueue"/> does (storage.md 5.1), in the time that it counts in.</summary>
public abstract class WebhookQueueSpec
{
    private static readonly HashSet<string> Nobody = [];

    private readonly string _unique = Guid.NewGuid().ToString("N");

    /// <summary>The queue, which nobody else uses.</summary>
    protected abstract Task<IWebhookQueue> GetAsync();

    /// <summary>Jobs come in their order, attempts are kept as they are told, and numbers are exact.</summary>
    protected virtual bool IsExact => true;

    /// <summary>How long it takes to see that there is nothing.</summary>
    protected virtual TimeSpan Moment => TimeSpan.FromMilliseconds(200);

    /// <summary>The number of jobs given up that are kept is approximate.</summary>
    protected virtual bool IsApproximate => false;

    /// <summary>Lets time go by.</summary>
    protected abstract Task WaitAsync(TimeSpan time);

    [Fact]
    public async Task Jobs_come_in_their_order_once_and_byte_for_byte()
    {
        var queue = await GetAsync();
        var jobs = Enumerable.Range(0, 50).Select(number => Job(number, body: $"{{\"é\":\"{number} 😀 ' \\\" \"}}")).ToList();
        await queue.EnqueueAsync([.. jobs.Take(20)], default);
        await queue.EnqueueAsync([.. jobs.Skip(20)], default);
        var leased = (await LeaseAsync(queue, 50)).Select(static leased => leased.Job);
        Assert.Equal(jobs, IsExact ? leased : leased.OrderBy(static job => job.CreatedMs));
        Assert.Empty(await TryLeaseAsync(queue));
    }

    [Fact]
    public async Task A_completed_job_is_gone_and_others_stay()
    {
        var queue = await GetAsync();
        await queue.EnqueueAsync([Job(0), Job(1)], default);
        var leased = await LeaseAsync(queue, 2);
        await queue.CompleteAsync(leased[0], default);
        await queue.CompleteAsync(leased[0], default);
        var depth = await queue.MeasureAsync(default);
        Assert.Equal((0L, 1L, 0L), (depth.Ready, depth.Leased, depth.Delayed));
        if (IsExact)
            Assert.Equal(leased[1].Job.CreatedMs, depth.OldestCreatedMs);
        await queue.CompleteAsync(leased[1], default);
        Assert.Equal(default, await queue.MeasureAsync(default));
    }

    [Fact]
    public async Task A_postponed_job_comes_back_when_it_is_due_with_its_attempts_and_holds_nothing_back()
    {
        var queue = await GetAsync();
        await queue.EnqueueAsync([Job(0), Job(1)], default);
        var first = (await LeaseAsync(queue, 1))[0];
        await queue.PostponeAsync(first, TimeSpan.FromSeconds(1.5), 7, default);
        Assert.NotEqual(first.Job, (await LeaseAsync(queue, 1))[0].Job);
        if (IsExact)
            Assert.Equal(1, (await queue.MeasureAsync(default)).Delayed);
        Assert.Empty(await TryLeaseAsync(queue));
        await WaitAsync(TimeSpan.FromSeconds(1.6));
        var again = (await LeaseAsync(queue, 1))[0];
        Assert.Equal((first.Job, IsExact ? 7 : 1), (again.Job, again.Attempts));
    }

    [Fact]
    public async Task Whoever_waits_is_woken_by_a_new_job()
    {
        var queue = await GetAsync();
        var waiting = queue.LeaseAsync(10, Nobody, default).AsTask();
        Assert.False(waiting.IsCompleted);
        await queue.EnqueueAsync([Job(0)], default);
        Assert.Equal(Job(0), Assert.Single(await waiting.WaitAsync(TimeSpan.FromSeconds(10))).Job);
        using var giveUp = new CancellationTokenSource();
        var nothing = queue.LeaseAsync(10, Nobody, giveUp.Token).AsTask();
        await giveUp.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => nothing);
    }

    [Fact]
    public async Task Jobs_given_up_are_kept_up_to_a_number()
    {
        var queue = await GetAsync();
        await queue.EnqueueAsync([.. Enumerable.Range(0, MaxDead + 2).Select(number => Job(number))], default);
        foreach (var leased in await LeaseAsync(queue, MaxDead + 2))
            await queue.DeadLetterAsync(leased, new DeadLetter(leased.Job, "status 500", 3, 500), default);
        var depth = await queue.MeasureAsync(default);
        Assert.Equal((0L, 0L, 0L, null), (depth.Ready, depth.Leased, depth.Delayed, depth.OldestCreatedMs));
        // "Approximately."
        Assert.InRange(depth.Dead, MaxDead, IsApproximate ? MaxDead + 100 : MaxDead);
    }

    [Fact]
    public async Task Many_who_lease_at_the_same_time_get_each_job_once()
    {
        var queue = await GetAsync();
        const int Count = 2000;
        await Parallel.ForEachAsync(Enumerable.Range(0, Count / 100), async (part, cancellation) =>
            await queue.EnqueueAsync([.. Enumerable.Range(part * 100, 100).Select(number => Job(number))], cancellation));
        var seen = new System.Collections.Concurrent.ConcurrentBag<string>();
        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(async () =>
        {
            while (seen.Count < Count)
            {
                foreach (var leased in await TryLeaseAsync(queue))
                {
                    seen.Add(leased.Job.Id);
                    await queue.CompleteAsync(leased, default);
                }
            }
        })));
        Assert.Equal(Count, seen.Distinct().Count());
        Assert.Equal(Count, seen.Count);
    }

    /// <summary><c>queue.dead_letter_max</c> of the queue.</summary>
    protected const int MaxDead = 5;

    /// <summary>A job; equal numbers are equal jobs.</summary>
    protected WebhookJob Job(int number, string app = "app", string body = "{}") =>
        new(string.Create(CultureInfo.InvariantCulture, $"{_unique}-{number}"), app, "0123456789abcdef", "fedcba9876543210", 1_700_000_000_000 + number, body);

    /// <summary>Leases so many jobs, which must be there.</summary>
    protected static async Task<IReadOnlyList<LeasedJob>> LeaseAsync(IWebhookQueue queue, int count, HashSet<string>? busy = null)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(10));
        var jobs = new List<LeasedJob>();
        while (jobs.Count < count)
            jobs.AddRange(await queue.LeaseAsync(count - jobs.Count, busy ?? Nobody, patience.Token));
        return jobs;
    }

    /// <summary>Leases what is there.</summary>
    protected async Task<IReadOnlyList<LeasedJob>> TryLeaseAsync(IWebhookQueue queue, HashSet<string>? busy = null)
    {
        using var patience = new CancellationTokenSource(Moment);
        try
        {
            return await queue.LeaseAsync(10, busy ?? Nobody, patience.Token);
        }
        catch (OperationCanceledException)
        {
            return [];
        }
    }
}
