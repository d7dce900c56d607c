using Microsoft.Extensions.Logging.Abstractions;
using Sockudo.Aws;
using Sockudo.Server.Backends;
using Sockudo.Server.Options;
using Sockudo.Server.Webhooks;
using Sockudo.Specification;
using Xunit;

namespace Sockudo.Stores.Tests.Sqs;

/// <summary>A standard queue of the emulator, and what is special about SQS.</summary>
public sealed class SqsWebhookQueueTests(Emulator emulator) : WebhookQueueSpec, IAsyncDisposable
{
    private readonly List<SqsWebhookQueue> _queues = [];

    public async ValueTask DisposeAsync()
    {
        foreach (var queue in _queues)
            await queue.DisposeAsync();
    }

    protected override bool IsExact => false;

    protected override bool IsApproximate => true;

    // As long as a long poll takes.
    protected override TimeSpan Moment => TimeSpan.FromSeconds(3);

    [Fact]
    public async Task A_FIFO_queue_keeps_the_order_of_a_lane_and_a_postponed_job_holds_it_back()
    {
        var queue = await StartAsync(await OptionsAsync() with { Fifo = true });
        await queue.EnqueueAsync([Job(0), Job(1), Job(2) with { Lane = "other" }], default);
        // By its id a job that was sent twice is known.
        await queue.EnqueueAsync([Job(0)], default);
        var first = (await LeaseAsync(queue, 2)).OrderBy(static leased => leased.Job.CreatedMs).ToList();
        Assert.Equal([Job(0), Job(2) with { Lane = "other" }], first.Select(static leased => leased.Job));
        await queue.CompleteAsync(first[0], default);
        var second = (await LeaseAsync(queue, 1))[0];
        Assert.Equal(Job(1), second.Job);
        await queue.PostponeAsync(second, TimeSpan.FromSeconds(5), 1, default);
        await queue.EnqueueAsync([Job(3)], default);
        Assert.Empty(await TryLeaseAsync(queue));
    }

    [Fact]
    public async Task A_missing_queue_that_may_not_be_created_is_an_error()
    {
        var exception = await Assert.ThrowsAsync<BackendException>(async () => await StartAsync(await OptionsAsync() with { CreateQueue = false }));
        Assert.True(exception.IsPermanent);
        Assert.Contains("queue.sqs.create_queue", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_held_is_renewed_and_what_is_left_comes_again()
    {
        var queue = await StartAsync(await OptionsAsync() with { VisibilityTimeout = 3 });
        var other = await StartAsync(await OptionsAsync() with { QueueName = Name, VisibilityTimeout = 3 });
        await queue.EnqueueAsync([Job(0)], default);
        await LeaseAsync(queue, 1);
        await Task.Delay(4000);
        Assert.Empty(await TryLeaseAsync(other));
        await queue.DisposeAsync();
        _queues.Remove(queue);
        Assert.Equal((Job(0), 1), ((await LeaseAsync(other, 1))[0] is var again ? (again.Job, again.Attempts) : default));
    }

    protected override async Task<IWebhookQueue> GetAsync() => await StartAsync(await OptionsAsync());

    protected override Task WaitAsync(TimeSpan time) => Task.Delay(time + TimeSpan.FromSeconds(1));

    private string Name { get; } = "q-" + Guid.NewGuid().ToString("N");

    private async Task<QueueSqsOptions> OptionsAsync() => new() { EndpointUrl = (await emulator.GetAsync()).Url, QueueName = Name, WaitTimeSeconds = 1, DeadLetterQueue = await emulator.DeadAsync() };

    private async Task<SqsWebhookQueue> StartAsync(QueueSqsOptions options)
    {
        var queue = new SqsWebhookQueue(options, TimeProvider.System, NullLogger.Instance);
        _queues.Add(queue);
        await queue.StartAsync(default);
        return queue;
    }
}
