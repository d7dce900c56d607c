using System.Collections.Concurrent;
using Sockudo.Server.Metrics;

namespace Sockudo.Server.Webhooks;

/// <summary>What becomes of webhooks, counted (metrics.md 4). Safe from any thread.</summary>
internal sealed class WebhookMetrics
{
    private readonly ConcurrentDictionary<(string AppId, string Target, string Outcome), Counter> _attempts = new();
    private readonly ConcurrentDictionary<(string AppId, string Outcome), Counter> _jobs = new();
    private readonly Histogram _http;
    private readonly Histogram _lambda;
    private long _dropped;
    private int _paused;

    public WebhookMetrics()
    {
        _http = Durations.Add(("target", "http"));
        _lambda = Durations.Add(("target", "lambda"));
    }

    /// <summary>Single attempts, by app, kind of target and <c>success</c> or <c>failure</c>.</summary>
    public IEnumerable<(string AppId, string Target, string Outcome, long Count)> Attempts =>
        _attempts.Select(static entry => (entry.Key.AppId, entry.Key.Target, entry.Key.Outcome, entry.Value.Value));

    /// <summary>Finished jobs, by app and <c>delivered</c>, <c>dead</c> or <c>dropped</c>.</summary>
    public IEnumerable<(string AppId, string Outcome, long Count)> Jobs => _jobs.Select(static entry => (entry.Key.AppId, entry.Key.Outcome, entry.Value.Value));

    /// <summary>Seconds of single attempts by kind of target.</summary>
    public HistogramFamily Durations { get; } = new(HistogramFamily.Seconds);

    /// <summary>Jobs refused because there was no room.</summary>
    public long Dropped => Volatile.Read(ref _dropped);

    /// <summary>Targets that are not tried just now because they have failed for long.</summary>
    public int PausedTargets => Volatile.Read(ref _paused);

    public void Attempted(string appId, string target, bool isSuccess, TimeSpan elapsed)
    {
        _attempts.GetOrAdd((appId, target, isSuccess ? "success" : "failure"), static _ => new Counter()).Add();
        (target == "http" ? _http : _lambda).Record(elapsed.TotalSeconds);
    }

    public void Finished(string appId, string outcome) => _jobs.GetOrAdd((appId, outcome), static _ => new Counter()).Add();

    /// <summary>There was no room for a job.</summary>
    public void Refused(string appId)
    {
        Interlocked.Increment(ref _dropped);
        Finished(appId, "dropped");
    }

    public void TargetsPaused(int change) => Interlocked.Add(ref _paused, change);

    private sealed class Counter
    {
        private long _value;

        public long Value => Volatile.Read(ref _value);

        public void Add() => Interlocked.Increment(ref _value);
    }
}
