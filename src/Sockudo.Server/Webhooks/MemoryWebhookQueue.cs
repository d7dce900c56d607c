using Sockudo.Server.Options;

namespace Sockudo.Server.Webhooks;

/// <summary>Jobs in the memory of this node: bounded, and lost with the process (storage.md 5.2).</summary>
internal sealed class MemoryWebhookQueue : IWebhookQueue, IDeadLetters
{
    private readonly int _capacity;
    private readonly int _deadCapacity;
    private readonly WebhookMetrics _metrics;
    private readonly TimeProvider _time;
    private readonly Lock _gate = new();

    // By target, so that one that takes no more does not stand in the way of others.
    private readonly Dictionary<string, Queue<Entry>> _ready = new(StringComparer.Ordinal);
    private readonly PriorityQueue<Entry, (long Due, long Number)> _delayed = new();
    private readonly Dictionary<string, Entry> _leased = new(StringComparer.Ordinal);
    private readonly List<DeadLetter> _dead = [];
    private readonly Queue<string> _turns = new();
    private TaskCompletionSource _changed = NewSignal();
    private long _count;
    private long _numbers;

    /// <param name="options">Section <c>queue</c>.</param>
    /// <param name="metrics">Counts what there is no room for.</param>
    /// <param name="time">The clock.</param>
    public MemoryWebhookQueue(QueueOptions options, WebhookMetrics metrics, TimeProvider time)
    {
        _capacity = options.Memory.MaxJobs;
        _deadCapacity = options.DeadLetterMax;
        _metrics = metrics;
        _time = time;
    }

    /// <summary>Jobs that are not finished, by app.</summary>
    public IReadOnlyDictionary<string, int> Unfinished
    {
        get
        {
            lock (_gate)
            {
                return _ready.Values.SelectMany(static queue => queue).Concat(_delayed.UnorderedItems.Select(static item => item.Element)).Concat(_leased.Values)
                    .GroupBy(static entry => entry.Job.AppId).ToDictionary(static group => group.Key, static group => group.Count(), StringComparer.Ordinal);
            }
        }
    }

    public ValueTask EnqueueAsync(IReadOnlyList<WebhookJob> jobs, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            foreach (var job in jobs)
            {
                if (_count >= _capacity)
                {
                    _metrics.Refused(job.AppId);
                    continue;
                }

                _count++;
                AddReady(new Entry(job, ++_numbers));
            }
        }

        return default;
    }

    public async ValueTask<IReadOnlyList<LeasedJob>> LeaseAsync(int max, IReadOnlySet<string> busyTargets, CancellationToken cancellationToken)
    {
        while (true)
        {
            Task changed;
            TimeSpan patience;
            lock (_gate)
            {
                MoveDue();
                var leased = Take(max, busyTargets);
                if (leased.Count > 0)
                    return leased;
                changed = _changed.Task;
                patience = _delayed.TryPeek(out _, out var next)
                    ? _time.GetElapsedTime(_time.GetTimestamp(), next.Due) + TimeSpan.FromMilliseconds(1)
                    : Timeout.InfiniteTimeSpan;
            }

            try
            {
                await changed.WaitAsync(patience, _time, cancellationToken).ConfigureAwait(false);
            }
            catch (TimeoutException)
            {
                continue;
            }

            // Something has come; whether for a target that is busy, whoever asks knows better.
            lock (_gate)
            {
                if (_changed.Task == changed)
                    _changed = NewSignal();
            }
        }
    }

    public ValueTask CompleteAsync(LeasedJob job, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            if (_leased.Remove(job.Receipt))
                _count--;
        }

        return default;
    }

    public ValueTask PostponeAsync(LeasedJob job, TimeSpan delay, int attempts, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            if (!_leased.Remove(job.Receipt, out var entry))
                return default;
            entry.Attempts = attempts;
            _delayed.Enqueue(entry, (_time.GetTimestamp() + (long)(delay.TotalSeconds * _time.TimestampFrequency), entry.Number));
            _changed.TrySetResult();
        }

        return default;
    }

    public ValueTask DeadLetterAsync(LeasedJob job, DeadLetter letter, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            if (!_leased.Remove(job.Receipt))
                return default;
            _count--;
            _dead.Add(letter);
            if (_dead.Count > _deadCapacity)
                _dead.RemoveRange(0, _dead.Count - _deadCapacity);
        }

        return default;
    }

    public void Abandon(LeasedJob job)
    {
        lock (_gate)
        {
            if (_leased.Remove(job.Receipt, out var entry))
                AddReady(entry);
        }
    }

    public ValueTask<QueueDepth> MeasureAsync(CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            var waiting = _ready.Values.SelectMany(static queue => queue).Concat(_delayed.UnorderedItems.Select(static item => item.Element)).Concat(_leased.Values);
            long? oldest = _count > 0 ? waiting.Min(static entry => entry.Job.CreatedMs) : null;
            return ValueTask.FromResult(new QueueDepth(_count - _delayed.Count - _leased.Count, _leased.Count, _delayed.Count, _dead.Count, oldest));
        }
    }

    public Task<IReadOnlyList<DeadLetter>> ListAsync(int max, CancellationToken cancellationToken)
    {
        lock (_gate)
            return Task.FromResult<IReadOnlyList<DeadLetter>>([.. _dead.TakeLast(max)]);
    }

    public async Task<int> RetryAsync(string? jobId, CancellationToken cancellationToken)
    {
        var now = _time.GetUtcNow().ToUnixTimeMilliseconds();
        var letters = TakeDead(jobId);
        await EnqueueAsync([.. letters.Select(letter => letter.Job with { CreatedMs = now })], cancellationToken).ConfigureAwait(false);
        return letters.Count;
    }

    public Task<int> DropAsync(string? jobId, CancellationToken cancellationToken) => Task.FromResult(TakeDead(jobId).Count);

    public ValueTask DisposeAsync() => default;

    private List<DeadLetter> TakeDead(string? jobId)
    {
        bool IsMeant(DeadLetter letter) => jobId is null || letter.Job.Id == jobId;

        lock (_gate)
        {
            var taken = _dead.FindAll(IsMeant);
            _dead.RemoveAll(IsMeant);
            return taken;
        }
    }

    private void MoveDue()
    {
        while (_delayed.TryPeek(out var entry, out var next) && next.Due <= _time.GetTimestamp())
        {
            _delayed.Dequeue();
            AddReady(entry);
        }
    }

    // The targets take turns.
    private List<LeasedJob> Take(int max, IReadOnlySet<string> busyTargets)
    {
        var leased = new List<LeasedJob>();
        for (var idle = 0; leased.Count < max && idle < _turns.Count;)
        {
            var target = _turns.Dequeue();
            var queue = _ready[target];
            if (busyTargets.Contains(target))
            {
                _turns.Enqueue(target);
                idle++;
                continue;
            }

            idle = 0;
            var entry = queue.Dequeue();
            var receipt = entry.Number.ToString(System.Globalization.CultureInfo.InvariantCulture);
            _leased.Add(receipt, entry);
            leased.Add(new LeasedJob(entry.Job, entry.Attempts, receipt));
            if (queue.Count > 0)
                _turns.Enqueue(target);
            else
                _ready.Remove(target);
        }

        return leased;
    }

    private void AddReady(Entry entry)
    {
        var target = WebhookIds.TargetOf(entry.Job);
        if (!_ready.TryGetValue(target, out var queue))
        {
            _ready.Add(target, queue = new Queue<Entry>());
            _turns.Enqueue(target);
        }

        queue.Enqueue(entry);
        _changed.TrySetResult();
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private sealed class Entry(WebhookJob job, long number)
    {
        public WebhookJob Job => job;

        public long Number => number;

        public int Attempts { get; set; }
    }
}
