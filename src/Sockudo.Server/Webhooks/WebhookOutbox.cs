using Microsoft.Extensions.Logging;

namespace Sockudo.Server.Webhooks;

/// <summary>
/// Jobs on their way into the queue: whoever makes them never waits (webhooks.md 7). While the queue is away they wait here, in order and bounded; beyond that the newest
/// is dropped and counted (storage.md 5.4). Safe from any thread.
/// </summary>
internal sealed partial class WebhookOutbox : IAsyncDisposable
{
    private const int MaxAtOnce = 500;

    private readonly IWebhookQueue _queue;
    private readonly int _capacity;
    private readonly WebhookMetrics _metrics;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly QueueFailures _failures;
    private readonly CancellationTokenSource _stopped = new();
    private readonly SemaphoreSlim _signal = new(0);
    private readonly Lock _gate = new();
    private readonly Queue<WebhookJob> _jobs = new();
    private readonly Task _running;
    private bool _isWriting;
    private bool _isFull;

    /// <param name="queue">Where the jobs go.</param>
    /// <param name="capacity"><c>queue.memory.max_jobs</c>.</param>
    /// <param name="metrics">Counts.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger"><c>sockudo.webhook</c>.</param>
    public WebhookOutbox(IWebhookQueue queue, int capacity, WebhookMetrics metrics, TimeProvider time, ILogger logger)
    {
        _queue = queue;
        _capacity = capacity;
        _metrics = metrics;
        _time = time;
        _logger = logger;
        _failures = new QueueFailures("keep webhook jobs", time, logger);
        _running = RunAsync();
    }

    /// <summary>Jobs that wait, by app.</summary>
    public IReadOnlyDictionary<string, int> Waiting
    {
        get
        {
            lock (_gate)
                return _jobs.GroupBy(static job => job.AppId).ToDictionary(static group => group.Key, static group => group.Count(), StringComparer.Ordinal);
        }
    }

    /// <summary>Adds a job.</summary>
    public void Add(WebhookJob job)
    {
        lock (_gate)
        {
            if (_jobs.Count < _capacity)
            {
                _jobs.Enqueue(job);
                _isFull = false;
                if (_jobs.Count == 1)
                    _signal.Release();
                return;
            }

            _metrics.Refused(job.AppId);
            if (_isFull)
                return;
            _isFull = true;
        }

        LogFull(_logger, _capacity);
    }

    /// <summary>Completes when the queue has everything, or with the token.</summary>
    public async Task FlushAsync(CancellationToken hurry)
    {
        while (!hurry.IsCancellationRequested)
        {
            lock (_gate)
            {
                if (_jobs.Count == 0 && !_isWriting)
                    return;
            }

            await Task.Delay(TimeSpan.FromMilliseconds(10), _time, hurry).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stopped.CancelAsync().ConfigureAwait(false);
        await _running.ConfigureAwait(false);
        _stopped.Dispose();
        _signal.Dispose();
    }

    private async Task RunAsync()
    {
        try
        {
            while (true)
            {
                await _signal.WaitAsync(_stopped.Token).ConfigureAwait(false);
                while (Next() is { Count: > 0 } jobs)
                    await WriteAsync(jobs).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (_stopped.IsCancellationRequested)
        {
            // The server stops.
        }
    }

    private List<WebhookJob> Next()
    {
        lock (_gate)
        {
            var jobs = _jobs.Take(MaxAtOnce).ToList();
            _isWriting = jobs.Count > 0;
            return jobs;
        }
    }

    private async Task WriteAsync(List<WebhookJob> jobs)
    {
        try
        {
            await _queue.EnqueueAsync(jobs, _stopped.Token).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is not OperationCanceledException || !_stopped.IsCancellationRequested)
        {
            await _failures.PauseAfterAsync(exception, _stopped.Token).ConfigureAwait(false);
            return;
        }

        _failures.Over();
        lock (_gate)
        {
            foreach (var _ in jobs)
                _jobs.Dequeue();
            _isWriting = _jobs.Count > 0;
        }
    }

    [LoggerMessage(1, LogLevel.Error, "webhook jobs are dropped: too many wait for the queue  max_jobs={MaxJobs}")]
    private static partial void LogFull(ILogger logger, int maxJobs);
}
