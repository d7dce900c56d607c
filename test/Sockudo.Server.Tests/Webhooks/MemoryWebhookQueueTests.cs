using Microsoft.Extensions.Time.Testing;
using Sockudo.Server.Options;
using Sockudo.Server.Webhooks;
using Sockudo.Specification;
using Xunit;

namespace Sockudo.Server.Tests.Webhooks;

/// <inheritdoc/>
public sealed class MemoryWebhookQueueTests : SkippingWebhookQueueSpec
{
    private readonly FakeTimeProvider _time = new();
    private readonly WebhookMetrics _metrics = new();

    [Fact]
    public async Task Beyond_its_bound_new_jobs_are_dropped_and_counted()
    {
        var queue = new MemoryWebhookQueue(new QueueOptions { Memory = new() { MaxJobs = 3 } }, _metrics, _time);
        await queue.EnqueueAsync([.. Enumerable.Range(0, 5).Select(number => Job(number))], default);
        Assert.Equal(2, _metrics.Dropped);
        var leased = await LeaseAsync(queue, 3);
        // What is being sent still counts.
        await queue.EnqueueAsync([Job(5)], default);
        Assert.Equal(3, _metrics.Dropped);
        await queue.CompleteAsync(leased[0], default);
        await queue.EnqueueAsync([Job(6)], default);
        Assert.Equal(3, _metrics.Dropped);
        Assert.Equal(3, queue.Unfinished["app"]);
    }

    [Fact]
    public async Task A_job_that_is_abandoned_comes_back()
    {
        var queue = await GetAsync();
        await queue.EnqueueAsync([Job(0)], default);
        queue.Abandon((await LeaseAsync(queue, 1))[0]);
        var again = (await LeaseAsync(queue, 1))[0];
        Assert.Equal(Job(0), again.Job);
        await queue.CompleteAsync(again, default);
        Assert.Equal(default, await queue.MeasureAsync(default));
    }

    protected override Task<IWebhookQueue> GetAsync() =>
        Task.FromResult<IWebhookQueue>(new MemoryWebhookQueue(new QueueOptions { DeadLetterMax = MaxDead }, _metrics, _time));

    protected override Task WaitAsync(TimeSpan time)
    {
        _time.Advance(time);
        return Task.CompletedTask;
    }
}
