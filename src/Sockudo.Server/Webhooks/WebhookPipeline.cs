using Microsoft.Extensions.Logging;
using Sockudo.Server.Apps;
using Sockudo.Server.Options;

namespace Sockudo.Server.Webhooks;

/// <summary>From an event to a request: batches, the way into the queue, the queue, and delivery. Safe from any thread.</summary>
internal sealed partial class WebhookPipeline : IWebhookSink, IAsyncDisposable
{
    // metrics.md: "refreshed at most every 10 s".
    private static readonly TimeSpan DepthInterval = TimeSpan.FromSeconds(10);

    private const int JournalLength = 200;

    private readonly IWebhookQueue _queue;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly WebhookBatches _batches;
    private readonly WebhookOutbox _outbox;
    private readonly WebhookDelivery _delivery;
    private readonly Lock _gate = new();
    private QueueDepth _depth;
    private long? _measured;

    /// <param name="options">Options.</param>
    /// <param name="queue">Where jobs wait; belongs to the caller.</param>
    /// <param name="apps">The apps as of now.</param>
    /// <param name="transports">The kinds of targets.</param>
    /// <param name="atOnce">Jobs that are taken from the queue at once.</param>
    /// <param name="metrics">Counts.</param>
    /// <param name="time">The clock.</param>
    /// <param name="loggers">Makes <c>sockudo.webhook</c>.</param>
    public WebhookPipeline(
        SockudoOptions options, IWebhookQueue queue, IAppStore apps, IReadOnlyList<IWebhookTransport> transports, int atOnce, WebhookMetrics metrics, TimeProvider time,
        ILoggerFactory loggers)
    {
        _queue = queue;
        _time = time;
        _logger = loggers.CreateLogger("sockudo.webhook");
        Metrics = metrics;
        _outbox = new WebhookOutbox(queue, options.Queue.Memory.MaxJobs, metrics, time, _logger);
        _batches = new WebhookBatches(options.Webhooks.Batching, options.Queue.Memory.MaxJobs, _outbox.Add, metrics, time);
        Journal = new WebhookJournal(options.Dashboard.Enabled ? JournalLength : 0);
        _delivery = new WebhookDelivery(queue, apps, transports, options.Webhooks, atOnce, metrics, Journal, time, _logger);
    }

    /// <summary>What has become of webhooks.</summary>
    public WebhookMetrics Metrics { get; }

    /// <summary>The latest attempts of this node, where somebody may look at them.</summary>
    public WebhookJournal Journal { get; }

    /// <summary>What was given up; null if the queue keeps nothing that can be looked at.</summary>
    public IDeadLetters? DeadLetters => _queue as IDeadLetters;

    /// <summary>How much waits in the queue, as of at most ten seconds ago.</summary>
    public QueueDepth Depth
    {
        get
        {
            lock (_gate)
            {
                if (_measured is not { } before || _time.GetElapsedTime(before) >= DepthInterval)
                {
                    _measured = _time.GetTimestamp();
                    _ = MeasureAsync();
                }

                return _depth;
            }
        }
    }

    /// <inheritdoc/>
    public void Raise(AppScope app, WebhookEvent webhookEvent) => _batches.Raise(app, webhookEvent);

    /// <summary>Begins to send, also what waits from before.</summary>
    public void Start() => _delivery.Start();

    /// <summary>
    /// The server stops: everything that waits for company becomes a job and goes into the queue, and what would be lost with the process is sent as far as there is time; the rest is
    /// logged as a count per app.
    /// </summary>
    public async Task DrainAsync(CancellationToken hurry)
    {
        await _batches.FlushAsync().ConfigureAwait(false);
        await _outbox.FlushAsync(hurry).ConfigureAwait(false);
        var lost = _outbox.Waiting;
        if (_queue is MemoryWebhookQueue memory)
        {
            await _delivery.DrainAsync(hurry).ConfigureAwait(false);
            lost = memory.Unfinished;
        }
        else
        {
            await _delivery.FinishAsync(hurry).ConfigureAwait(false);
        }

        foreach (var (app, count) in lost)
            LogLost(_logger, app, count);
    }

    public async ValueTask DisposeAsync()
    {
        await _batches.DisposeAsync().ConfigureAwait(false);
        await _delivery.DisposeAsync().ConfigureAwait(false);
        await _outbox.DisposeAsync().ConfigureAwait(false);
    }

    private async Task MeasureAsync()
    {
        try
        {
            var depth = await _queue.MeasureAsync(CancellationToken.None).ConfigureAwait(false);
            lock (_gate)
                _depth = depth;
        }
        catch (Backends.BackendException)
        {
            // The state of the queue has been told.
        }
        catch (Exception exception)
        {
            LogNotMeasured(_logger, exception);
        }
    }

    [LoggerMessage(1, LogLevel.Error, "webhook jobs are lost because the server stops  app={App} jobs={Jobs}")]
    private static partial void LogLost(ILogger logger, string app, int jobs);

    [LoggerMessage(2, LogLevel.Error, "the webhook queue could not say how much waits in it")]
    private static partial void LogNotMeasured(ILogger logger, Exception exception);
}
