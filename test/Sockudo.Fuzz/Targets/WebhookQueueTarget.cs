using Sockudo.Server.Options;
using Sockudo.Server.Webhooks;

namespace Sockudo.Fuzz.Targets;

/// <summary>
/// The queue in memory under any sequence of calls, two bytes each, beside a <see cref="ReferenceQueue"/>: no job is lost, there twice or before an older one of its target, none comes before its
/// time, and the depths are right.
/// </summary>
internal sealed class WebhookQueueTarget
{
    private const int MaxCalls = 256;

    private static readonly CancellationToken Impatient = new(canceled: true);

    private readonly ManualTime _time = new();
    private readonly IWebhookQueue _queue;
    private readonly IDeadLetters _letters;
    private readonly ReferenceQueue _reference = new(capacity: 12, deadCapacity: 3);
    private readonly List<LeasedJob> _leased = [];
    private int _ids;

    private WebhookQueueTarget()
    {
        var options = new QueueOptions { DeadLetterMax = 3, Memory = new QueueMemoryOptions { MaxJobs = 12 } };
        var queue = new MemoryWebhookQueue(options, new WebhookMetrics(), _time);
        (_queue, _letters) = (queue, queue);
    }

    private long NowMs => _time.GetUtcNow().ToUnixTimeMilliseconds();

    public static void Check(byte[] input)
    {
        var target = new WebhookQueueTarget();
        for (var i = 0; i + 1 < Math.Min(input.Length, 2 * MaxCalls); i += 2)
        {
            target.Call(input[i] % 8, input[i + 1]);
            Finding.UnlessSame(target._reference.Depth, Now(target._queue.MeasureAsync(default)), "depth");
        }
    }

    private void Call(int call, byte argument)
    {
        switch (call)
        {
            case 0 or 1:
                Enqueue(argument % ReferenceQueue.Targets, 1 + (argument / ReferenceQueue.Targets % 3));
                break;
            case 2:
                Lease(1 + (argument % 5), argument >> 5);
                break;
            case 3 when _leased.Count > 0:
                _reference.End(Take(argument, out var done).Id);
                Now(_queue.CompleteAsync(done, default));
                break;
            case 4 when _leased.Count > 0:
                var seconds = argument % 7;
                _reference.Postpone(Take(argument, out var postponed).Id, _time.GetTimestamp() + (seconds * TimeSpan.TicksPerSecond));
                Now(_queue.PostponeAsync(postponed, TimeSpan.FromSeconds(seconds), postponed.Attempts + 1, default));
                break;
            case 5 when _leased.Count > 0:
                _reference.GiveUp(Take(argument, out var dead).Id);
                Now(_queue.DeadLetterAsync(dead, new DeadLetter(dead.Job, "reason", dead.Attempts, null), default));
                break;
            case 6:
                _time.Advance(argument % 11);
                break;
            case 7:
                PutBackOrDrop(argument);
                break;
            default:
                break;
        }
    }

    // Nothing here has anything to wait for.
    private static void Now(ValueTask call)
    {
        Finding.Unless(call.IsCompletedSuccessfully, "a call that waits");
        call.GetAwaiter().GetResult();
    }

    private static T Now<T>(ValueTask<T> call)
    {
        Finding.Unless(call.IsCompletedSuccessfully, "a call that waits");
        return call.GetAwaiter().GetResult();
    }

    private WebhookJob Take(byte argument, out LeasedJob lease)
    {
        lease = _leased[argument % _leased.Count];
        _leased.Remove(lease);
        return lease.Job;
    }

    private void Enqueue(int target, int count)
    {
        var jobs = Enumerable.Range(0, count).Select(_ => new WebhookJob($"{++_ids}", "a", $"{target}", "", NowMs, "{}")).ToList();
        jobs.ForEach(_reference.Add);
        Now(_queue.EnqueueAsync(jobs, default));
    }

    private void Lease(int max, int busy)
    {
        var busyTargets = Enumerable.Range(0, ReferenceQueue.Targets).Where(target => (busy & (1 << target)) != 0).Select(static target => $"a/{target}").ToHashSet();
        var expected = _reference.Ready(_time.GetTimestamp(), busyTargets, max);
        var lease = _queue.LeaseAsync(max, busyTargets, Impatient);
        if (expected == 0)
        {
            Finding.Unless(lease.IsCanceled, "something is leased though nothing is due");
            return;
        }

        var jobs = Now(lease);
        Finding.UnlessSame(expected, jobs.Count, "jobs of a lease");
        foreach (var job in jobs)
            _reference.Lease(job);
        _leased.AddRange(jobs);
    }

    private void PutBackOrDrop(byte argument)
    {
        var id = argument >= 128 ? null : $"{argument / 2 % (_ids + 1)}";
        var dead = _reference.TakeDead(id);
        var call = argument % 2 == 0 ? _letters.RetryAsync(id, default) : _letters.DropAsync(id, default);
        Finding.UnlessSame(dead.Count, Now(new ValueTask<int>(call)), "letters taken");
        if (argument % 2 == 0)
            dead.ForEach(job => _reference.Add(job with { CreatedMs = NowMs }));
    }
}
