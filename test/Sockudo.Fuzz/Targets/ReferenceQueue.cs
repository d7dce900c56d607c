using Sockudo.Server.Webhooks;

namespace Sockudo.Fuzz.Targets;

/// <summary>What must be in a queue of jobs, as plain lists.</summary>
/// <param name="capacity">Most jobs that are not finished.</param>
/// <param name="deadCapacity">Most that are given up.</param>
internal sealed class ReferenceQueue(int capacity, int deadCapacity)
{
    /// <summary>Webhooks that jobs are for.</summary>
    public const int Targets = 3;

    private readonly List<Entry> _ready = [];
    private readonly List<Entry> _delayed = [];
    private readonly List<Entry> _leased = [];
    private readonly List<WebhookJob> _dead = [];
    private int _numbers;

    public QueueDepth Depth
    {
        get
        {
            var all = _ready.Concat(_delayed).Concat(_leased).ToList();
            return new QueueDepth(_ready.Count, _leased.Count, _delayed.Count, _dead.Count, all.Count == 0 ? null : all.Min(static entry => entry.Job.CreatedMs));
        }
    }

    public void Add(WebhookJob job)
    {
        if (_ready.Count + _delayed.Count + _leased.Count < capacity)
            _ready.Add(new Entry(job, ++_numbers));
    }

    /// <summary>How many of <paramref name="max"/> a lease has to give.</summary>
    public int Ready(long now, HashSet<string> busyTargets, int max)
    {
        foreach (var due in _delayed.Where(entry => entry.Due <= now).OrderBy(static entry => (entry.Due, entry.Number)).ToList())
        {
            _delayed.Remove(due);
            _ready.Add(due);
        }

        return Math.Min(max, _ready.Count(entry => !busyTargets.Contains(WebhookIds.TargetOf(entry.Job))));
    }

    /// <summary>A job that was given: must be the first of its target.</summary>
    public void Lease(LeasedJob lease)
    {
        var first = _ready.First(entry => entry.Job.Webhook == lease.Job.Webhook);
        Finding.UnlessSame((first.Job, first.Attempts), (lease.Job, lease.Attempts), "the first job of its target");
        _ready.Remove(first);
        _leased.Add(first);
    }

    public void End(string id) => _leased.RemoveAll(entry => entry.Job.Id == id);

    public void Postpone(string id, long due)
    {
        var entry = _leased.First(entry => entry.Job.Id == id);
        _leased.Remove(entry);
        entry.Due = due;
        entry.Attempts++;
        _delayed.Add(entry);
    }

    public void GiveUp(string id)
    {
        _dead.Add(_leased.First(entry => entry.Job.Id == id).Job);
        End(id);
        if (_dead.Count > deadCapacity)
            _dead.RemoveAt(0);
    }

    public List<WebhookJob> TakeDead(string? id)
    {
        var taken = _dead.FindAll(job => id is null || job.Id == id);
        _dead.RemoveAll(taken.Contains);
        return taken;
    }

    private sealed class Entry(WebhookJob job, int number)
    {
        public WebhookJob Job => job;

        public int Number => number;

        public long Due { get; set; }

        public int Attempts { get; set; }
    }
}
