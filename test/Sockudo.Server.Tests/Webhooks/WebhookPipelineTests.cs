using System.Collections.Concurrent;
using Sockudo.Server.Apps;
using Sockudo.Server.Metrics;
using Sockudo.Server.Options;
using Sockudo.Server.Webhooks;
using Sockudo.Specification;
using Xunit;

namespace Sockudo.Server.Tests.Webhooks;

/// <summary>That webhooks go on, whatever a queue throws.</summary>
public sealed class WebhookPipelineTests
{
    private static readonly App Hooked = new()
    {
        Id = "app",
        Key = "key",
        Secret = "secret",
        Webhooks = [new AppWebhook { Url = new Uri("http://127.0.0.1/hook"), EventTypes = [WebhookEventType.ChannelOccupied] }],
    };

    public static TheoryData<string> Exceptions => [nameof(InvalidCastException), nameof(TimeoutException), nameof(OperationCanceledException)];

    [Theory]
    [MemberData(nameof(Exceptions))]
    public async Task Whatever_a_queue_throws_is_told_and_webhooks_go_on(string kind)
    {
        using var log = new RecordedLogs();
        var transport = new Transport();
        var metrics = new WebhookMetrics();
        var queue = new OddQueue(new MemoryWebhookQueue(new QueueOptions(), metrics, TimeProvider.System), kind);
        await using var pipeline = new WebhookPipeline(
            new SockudoOptions(), queue, new MemoryAppStore([Hooked]), [transport], atOnce: 10, metrics, TimeProvider.System, log);
        _ = pipeline.Depth;
        pipeline.Start();
        pipeline.Raise(new AppScope(Hooked, AppLimits.For(Hooked, new SockudoOptions()), new AppCounters(Hooked.Id)), new WebhookEvent(WebhookEventType.ChannelOccupied, "a"));
        await transport.Sent.WaitAsync(TimeSpan.FromSeconds(10));
        Assert.Equal(
            [
                "Error: the webhook queue could not say how much waits in it",
                "Error: the webhook queue failed in a way that nobody expects; it is asked again  purpose=keep webhook jobs",
                "Error: the webhook queue failed in a way that nobody expects; it is asked again  purpose=take webhook jobs",
            ],
            log.Lines.Order(StringComparer.Ordinal));
    }

    // Fails once in each thing that a loop asks of it.
    private sealed class OddQueue(MemoryWebhookQueue queue, string kind) : IWebhookQueue
    {
        private readonly ConcurrentDictionary<string, bool> _failed = new();

        public ValueTask EnqueueAsync(IReadOnlyList<WebhookJob> jobs, CancellationToken cancellationToken)
        {
            FailOnce("enqueue");
            return queue.EnqueueAsync(jobs, cancellationToken);
        }

        public ValueTask<IReadOnlyList<LeasedJob>> LeaseAsync(int max, IReadOnlySet<string> busyTargets, CancellationToken cancellationToken)
        {
            FailOnce("lease");
            return queue.LeaseAsync(max, busyTargets, cancellationToken);
        }

        public ValueTask CompleteAsync(LeasedJob job, CancellationToken cancellationToken) => queue.CompleteAsync(job, cancellationToken);

        public ValueTask PostponeAsync(LeasedJob job, TimeSpan delay, int attempts, CancellationToken cancellationToken) => queue.PostponeAsync(job, delay, attempts, cancellationToken);

        public ValueTask DeadLetterAsync(LeasedJob job, DeadLetter letter, CancellationToken cancellationToken) => queue.DeadLetterAsync(job, letter, cancellationToken);

        public void Abandon(LeasedJob job) => queue.Abandon(job);

        public ValueTask<QueueDepth> MeasureAsync(CancellationToken cancellationToken)
        {
            FailOnce("measure");
            return queue.MeasureAsync(cancellationToken);
        }

        private void FailOnce(string what)
        {
            if (!_failed.TryAdd(what, true))
                return;
            throw kind switch
            {
                nameof(InvalidCastException) => new InvalidCastException(what),
                nameof(TimeoutException) => new TimeoutException(what),
                // Of its own, not the caller's.
                _ => new OperationCanceledException(what),
            };
        }
    }

    private sealed class Transport : IWebhookTransport
    {
        private readonly TaskCompletionSource _sent = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public string Name => "http";

        public Task Sent => _sent.Task;

        public Task<WebhookAnswer> SendAsync(App app, AppWebhook webhook, ReadOnlyMemory<byte> body, CancellationToken cancellationToken)
        {
            _sent.TrySetResult();
            return Task.FromResult(new WebhookAnswer(true, 200, "status 200"));
        }
    }
}
