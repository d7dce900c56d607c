using System.Text;
using Microsoft.Extensions.Logging;
using Sockudo.Server.Apps;
using Sockudo.Server.Backends;
using Sockudo.Server.Options;
using Sockudo.Server.Tracing;

namespace Sockudo.Server.Webhooks;

/// <summary>
/// Takes jobs from the queue and sends them (webhooks.md 4, 5): those of one lane one after another, at most so many to one target at once, and no target waits for another. What fails
/// comes again later and holds nothing back.
/// </summary>
internal sealed partial class WebhookDelivery : IAsyncDisposable
{
    private const int MaxHeldUnskipped = 5000;

    private static readonly TimeSpan AwayPause = TimeSpan.FromSeconds(5);

    private readonly IWebhookQueue _queue;
    private readonly IAppStore _apps;
    private readonly IReadOnlyList<IWebhookTransport> _transports;
    private readonly WebhooksOptions _options;
    private readonly int _atOnce;
    private readonly WebhookMetrics _metrics;
    private readonly WebhookJournal _journal;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly CancellationTokenSource _stopped = new();
    private readonly CancellationToken _stopping;
    private readonly QueueFailures _failures;

    private readonly Lock _gate = new();
    private readonly Dictionary<string, WebhookTarget> _targets = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Queue<(LeasedJob Job, WebhookTarget Target)>> _lanes = new(StringComparer.Ordinal);
    private readonly HashSet<string> _busy = new(StringComparer.Ordinal);
    private CancellationTokenSource _roomMade = new();
    private int _held;
    private volatile bool _isFinishing;
    private Task _running = Task.CompletedTask;

    /// <param name="queue">Where the jobs are.</param>
    /// <param name="apps">Secrets, headers and targets as of now.</param>
    /// <param name="transports">For HTTP, then for Lambda if that is there.</param>
    /// <param name="options">Section <c>webhooks</c>.</param>
    /// <param name="atOnce">Jobs that are taken from the queue at once.</param>
    /// <param name="metrics">Counts.</param>
    /// <param name="journal">Takes what has become of each job.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger"><c>sockudo.webhook</c>.</param>
    public WebhookDelivery(
        IWebhookQueue queue, IAppStore apps, IReadOnlyList<IWebhookTransport> transports, WebhooksOptions options, int atOnce, WebhookMetrics metrics, WebhookJournal journal,
        TimeProvider time, ILogger logger)
    {
        _queue = queue;
        _apps = apps;
        _transports = transports;
        _options = options;
        _atOnce = atOnce;
        _metrics = metrics;
        _journal = journal;
        _time = time;
        _logger = logger;
        _stopping = _stopped.Token;
        _failures = new QueueFailures("take webhook jobs", time, logger);
    }

    // What one target may hold of the queue here: enough to keep its requests going, too little to matter if it hangs.
    private int MaxHeld => _queue.CanSkipTargets ? 2 * Math.Max(_options.MaxInFlight, 1) : MaxHeldUnskipped;

    private int Held
    {
        get
        {
            lock (_gate)
                return _held;
        }
    }

    /// <summary>Begins to send.</summary>
    public void Start() => _running = RunAsync();

    /// <summary>Completes when nothing is being sent and nothing waits that is due, or with the token.</summary>
    public async Task DrainAsync(CancellationToken hurry)
    {
        while (!hurry.IsCancellationRequested)
        {
            var depth = await _queue.MeasureAsync(CancellationToken.None).ConfigureAwait(false);
            lock (_gate)
            {
                if (_held == 0 && depth is { Ready: 0, Leased: 0 })
                    return;
            }

            await Task.Delay(TimeSpan.FromMilliseconds(20), _time, hurry).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>Takes no more jobs, and completes when no request is under way, or with the token. Jobs that are not sent go back to the queue by themselves.</summary>
    public async Task FinishAsync(CancellationToken hurry)
    {
        _isFinishing = true;
        RoomMade();
        while (!hurry.IsCancellationRequested && Held > 0)
            await Task.Delay(TimeSpan.FromMilliseconds(10), _time, hurry).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    public async ValueTask DisposeAsync()
    {
        await _stopped.CancelAsync().ConfigureAwait(false);
        await _running.ConfigureAwait(false);
        // What is held goes back by itself; nothing of it may use what is disposed of next.
        for (var patience = 100; patience > 0 && Held > 0; patience--)
            await Task.Delay(TimeSpan.FromMilliseconds(20), _time).ConfigureAwait(false);
        _stopped.Dispose();
        _roomMade.Dispose();
    }

    private async Task RunAsync()
    {
        while (!_stopping.IsCancellationRequested && !_isFinishing)
        {
            HashSet<string> busy;
            CancellationToken roomMade;
            lock (_gate)
            {
                busy = [.. _busy];
                roomMade = _roomMade.Token;
            }

            using var either = CancellationTokenSource.CreateLinkedTokenSource(_stopping, roomMade);
            if (busy.Count > 0 && !_queue.CanSkipTargets)
            {
                await Task.Delay(Timeout.InfiniteTimeSpan, _time, either.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                continue;
            }

            try
            {
                foreach (var job in await _queue.LeaseAsync(_atOnce, busy, either.Token).ConfigureAwait(false))
                    Accept(job);
                _failures.Over();
            }
            catch (OperationCanceledException) when (either.IsCancellationRequested)
            {
                // There is room for other targets, or the server stops.
            }
            catch (Exception exception)
            {
                await _failures.PauseAfterAsync(exception, _stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private void Accept(LeasedJob job)
    {
        lock (_gate)
        {
            _held++;
            var name = WebhookIds.TargetOf(job.Job);
            if (!_targets.TryGetValue(name, out var target))
                _targets.Add(name, target = new WebhookTarget(name, new TargetHealth(TimeSpan.FromMilliseconds(_options.Retry.MaxDelayMs), _time, _metrics.TargetsPaused)));
            if (++target.Held >= MaxHeld)
                _busy.Add(name);
            if (_lanes.TryGetValue(job.Job.Lane, out var lane))
            {
                lane.Enqueue((job, target));
                return;
            }

            _lanes.Add(job.Job.Lane, lane = new Queue<(LeasedJob, WebhookTarget)>());
            lane.Enqueue((job, target));
            _ = RunLaneAsync(job.Job.Lane, lane);
        }
    }

    private async Task RunLaneAsync(string name, Queue<(LeasedJob Job, WebhookTarget Target)> lane)
    {
        await Task.Yield();
        while (true)
        {
            LeasedJob job;
            WebhookTarget target;
            lock (_gate)
            {
                if (!lane.TryDequeue(out var next))
                {
                    _lanes.Remove(name);
                    return;
                }

                (job, target) = next;
            }

            SemaphoreSlim? slots = null;
            try
            {
                await _queue.EnterLaneAsync(job, _stopping).ConfigureAwait(false);
                slots = await EnterAsync(target, job.Job.AppId).ConfigureAwait(false);
                if (_isFinishing)
                    _queue.Abandon(job);
                else
                    await DeliverAsync(job, target.Health).ConfigureAwait(false);
            }
            catch (Exception exception) when (exception is BackendException || _stopping.IsCancellationRequested)
            {
                // The queue is away, or the server stops.
                _queue.Abandon(job);
            }
            catch (Exception exception)
            {
                await FailedAsync(job, target.Health, exception).ConfigureAwait(false);
            }
            finally
            {
                slots?.Release();
                Released(target);
            }
        }
    }

    // What nobody has foreseen is a failed attempt: a job that is only put back comes again at once, and for ever.
    private async Task FailedAsync(LeasedJob job, TargetHealth health, Exception exception)
    {
        LogFailed(_logger, job.Job.AppId, exception);
        health.Ended(isSuccess: false);
        var attempts = job.Attempts + 1;
        try
        {
            await PostponeOrGiveUpAsync(job, attempts, RetryPause.After(attempts, null, _options.Retry), new WebhookAnswer(false, null, exception.Message)).ConfigureAwait(false);
        }
        catch (BackendException)
        {
            _queue.Abandon(job);
        }
    }

    // The webhooks of an app share its requests evenly: so they are together no more than one app may make, and one that hangs takes nothing from the others.
    private async Task<SemaphoreSlim> EnterAsync(WebhookTarget target, string appId)
    {
        var webhooks = 1;
        try
        {
            webhooks = (await _apps.FindByIdAsync(appId, _stopping).ConfigureAwait(false))?.Webhooks.Count ?? 1;
        }
        catch (AppStoreUnavailableException)
        {
            // Nothing is sent before the app is known; that is found out when it is this job's turn.
        }

        SemaphoreSlim slots;
        lock (_gate)
            slots = target.Slots(Math.Max(_options.MaxInFlight / Math.Max(webhooks, 1), 1));
        await slots.WaitAsync(_stopping).ConfigureAwait(false);
        return slots;
    }

    private void Released(WebhookTarget target)
    {
        bool hasRoom;
        lock (_gate)
        {
            _held--;
            hasRoom = --target.Held == MaxHeld / 2 && _busy.Remove(target.Name);
            if (target.Held == 0 && target.Health.IsGood)
                _targets.Remove(target.Name);
        }

        if (hasRoom)
            RoomMade();
    }

    // Whoever waits for jobs asks again.
    private void RoomMade()
    {
        CancellationTokenSource waiting;
        lock (_gate)
        {
            waiting = _roomMade;
            _roomMade = new CancellationTokenSource();
        }

        waiting.Cancel();
        waiting.Dispose();
    }

    private async Task DeliverAsync(LeasedJob leased, TargetHealth health)
    {
        var job = leased.Job;
        App? app;
        try
        {
            app = await _apps.FindByIdAsync(job.AppId, _stopping).ConfigureAwait(false);
        }
        catch (AppStoreUnavailableException)
        {
            await PostponeOrGiveUpAsync(leased, leased.Attempts, AwayPause, new WebhookAnswer(false, null, "the database of the apps is away")).ConfigureAwait(false);
            return;
        }

        var webhook = app is { Enabled: true } ? WebhookIds.Of(app).FirstOrDefault(entry => entry.Id == job.Webhook).Webhook : null;
        var transport = webhook is null ? null : _transports.FirstOrDefault(transport => (transport.Name == "http") == (webhook.Url is not null));
        if (app is null || webhook is null || transport is null)
        {
            _metrics.Finished(app is null ? "" : app.Id, "dropped");
            // A target that is gone is not in trouble any more.
            health.Ended(isSuccess: true);
            Note(job, webhook, "dropped", leased.Attempts, default, duration: null);
            await _queue.CompleteAsync(leased, _stopping).ConfigureAwait(false);
            return;
        }

        if (health.TryBegin() is { } pause)
        {
            await PostponeOrGiveUpAsync(leased, leased.Attempts, pause, new WebhookAnswer(false, null, "the target has failed for long"), webhook).ConfigureAwait(false);
            return;
        }

        var (answer, duration) = await AttemptAsync(transport, app, webhook, leased).ConfigureAwait(false);
        health.Ended(answer.IsSuccess);
        if (answer.IsSuccess)
        {
            _metrics.Finished(job.AppId, "delivered");
            Note(job, webhook, "delivered", leased.Attempts + 1, answer, duration);
            await _queue.CompleteAsync(leased, CancellationToken.None).ConfigureAwait(false);
            return;
        }

        var attempts = leased.Attempts + 1;
        LogAttemptFailed(_logger, job.AppId, HostOf(webhook), attempts, answer.Reason);
        await PostponeOrGiveUpAsync(leased, attempts, RetryPause.After(attempts, answer.RetryAfter, _options.Retry), answer, webhook, duration).ConfigureAwait(false);
    }

    private async Task<(WebhookAnswer Answer, TimeSpan Duration)> AttemptAsync(IWebhookTransport transport, App app, AppWebhook webhook, LeasedJob leased)
    {
        var began = _time.GetTimestamp();
        using var span = Spans.StartDelivery(app, transport.Name, leased.Attempts + 1);
        using var timeout = new CancellationTokenSource(TimeSpan.FromMilliseconds(_options.RequestTimeoutMs), _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, _stopping);
        WebhookAnswer answer;
        try
        {
            answer = await transport.SendAsync(app, webhook, Encoding.UTF8.GetBytes(leased.Job.Body), either.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!_stopping.IsCancellationRequested)
        {
            answer = new WebhookAnswer(false, null, $"no answer within {_options.RequestTimeoutMs} ms");
        }

        Spans.EndDelivery(span, answer);
        var duration = _time.GetElapsedTime(began);
        _metrics.Attempted(app.Id, transport.Name, answer.IsSuccess, duration);
        return (answer, duration);
    }

    // An attempt was made if there is a duration.
    private async Task PostponeOrGiveUpAsync(
        LeasedJob leased, int attempts, TimeSpan delay, WebhookAnswer answer, AppWebhook? webhook = null, TimeSpan? duration = null)
    {
        var job = leased.Job;
        var age = _time.GetUtcNow() - DateTimeOffset.FromUnixTimeMilliseconds(job.CreatedMs);
        // "No attempt starts later than max_age_s after the body was made."
        if ((_options.Retry.Enabled || attempts == leased.Attempts) && age + delay <= TimeSpan.FromSeconds(_options.Retry.MaxAgeS))
        {
            if (duration is not null)
                Note(job, webhook, "failed", attempts, answer, duration);
            await _queue.PostponeAsync(leased, delay, attempts, CancellationToken.None).ConfigureAwait(false);
            return;
        }

        _metrics.Finished(job.AppId, "dead");
        Note(job, webhook, "given_up", attempts, answer, duration);
        LogGivenUp(_logger, job.AppId, HostOf(webhook), string.Join(',', WebhookBody.EventNames(job.Body)), attempts, answer.Status?.ToString(System.Globalization.CultureInfo.InvariantCulture) ?? "none", answer.Reason);
        await _queue.DeadLetterAsync(leased, new DeadLetter(job, answer.Reason, attempts, answer.Status), CancellationToken.None).ConfigureAwait(false);
    }

    private void Note(WebhookJob job, AppWebhook? webhook, string result, int attempts, WebhookAnswer answer, TimeSpan? duration)
    {
        if (_journal.IsKept)
            _journal.Add(new WebhookOutcome(_time.GetUtcNow(), job.Id, job.AppId, HostOf(webhook), WebhookBody.EventNames(job.Body), result, attempts, answer.Status, answer.Reason ?? "", duration));
    }

    private static string HostOf(AppWebhook? webhook) => webhook?.Host ?? "unknown";

    [LoggerMessage(1, LogLevel.Error, "a webhook could not be dealt with  app={App}")]
    private static partial void LogFailed(ILogger logger, string app, Exception exception);

    [LoggerMessage(2, LogLevel.Debug, "a webhook was not taken  app={App} target={Target} attempts={Attempts} reason={Reason}")]
    private static partial void LogAttemptFailed(ILogger logger, string app, string target, int attempts, string reason);

    [LoggerMessage(3, LogLevel.Warning, "a webhook is given up  app={App} target={Target} events={Events} attempts={Attempts} last_status={LastStatus} reason={Reason}")]
    private static partial void LogGivenUp(ILogger logger, string app, string target, string events, int attempts, string lastStatus, string reason);
}
