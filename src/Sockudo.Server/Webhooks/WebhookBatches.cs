using System.Text;
using System.Threading.Channels;
using Sockudo.Server.Apps;
using Sockudo.Server.Options;

namespace Sockudo.Server.Webhooks;

/// <summary>
/// Makes jobs of events (webhooks.md 4): filters them for each webhook of the app, and with batching joins those that come within a short time. Whoever raises an event leaves it here
/// and goes on; the work is done elsewhere, in the order in which they came. Safe from any thread.
/// </summary>
internal sealed class WebhookBatches : IWebhookSink, IAsyncDisposable
{
    // "Before the body would exceed 200 KiB": SQS takes no more than 256 with all that stands around it.
    private const int MaxBytes = 200 * 1024;

    private readonly WebhooksBatchingOptions _options;
    private readonly Action<WebhookJob> _add;
    private readonly WebhookMetrics _metrics;
    private readonly TimeProvider _time;
    private readonly Channel<Item> _raised;
    private readonly Lock _gate = new();
    private readonly Dictionary<(string AppId, string Webhook), Batch> _open = [];
    private readonly Task _running;

    /// <param name="options">How long and how many.</param>
    /// <param name="capacity">Events that may wait to be dealt with; beyond that they are dropped and counted.</param>
    /// <param name="add">Takes a job; must return at once.</param>
    /// <param name="metrics">Counts.</param>
    /// <param name="time">The clock.</param>
    public WebhookBatches(WebhooksBatchingOptions options, int capacity, Action<WebhookJob> add, WebhookMetrics metrics, TimeProvider time)
    {
        _options = options;
        _add = add;
        _metrics = metrics;
        _time = time;
        _raised = Channel.CreateBounded<Item>(new BoundedChannelOptions(capacity) { SingleReader = true });
        _running = RunAsync();
    }

    /// <inheritdoc/>
    public void Raise(AppScope app, WebhookEvent webhookEvent)
    {
        if (!_raised.Writer.TryWrite(new Item(app, webhookEvent, null)))
            _metrics.Refused(app.App.Id);
    }

    /// <summary>Makes jobs of all that was raised before, and of all that still waits for company.</summary>
    public async Task FlushAsync()
    {
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await _raised.Writer.WriteAsync(new Item(null, null, done)).ConfigureAwait(false);
        await done.Task.ConfigureAwait(false);
    }

    public async ValueTask DisposeAsync()
    {
        _raised.Writer.TryComplete();
        await _running.ConfigureAwait(false);
    }

    private async Task RunAsync()
    {
        await foreach (var (app, webhookEvent, flush) in _raised.Reader.ReadAllAsync().ConfigureAwait(false))
        {
            if (app is not null)
                Add(app, webhookEvent!);
            else
                CloseAll(flush!);
        }
    }

    private void Add(AppScope app, WebhookEvent webhookEvent)
    {
        string? text = null;
        foreach (var (id, webhook) in app.Webhooks)
        {
            if (!webhook.Wants(webhookEvent.Type, webhookEvent.Channel))
                continue;
            text ??= WebhookBody.Write(webhookEvent);
            if (_options.Enabled)
                Add(app.App.Id, id, text);
            else
                _add(Make(app.App.Id, id, WebhookIds.LaneOf(app.App.Id, id, webhookEvent.Channel), [text]));
        }
    }

    private void CloseAll(TaskCompletionSource done)
    {
        lock (_gate)
        {
            foreach (var batch in _open.Values.ToList())
                Close(batch);
        }

        done.SetResult();
    }

    private void Add(string appId, string webhook, string text)
    {
        var bytes = Encoding.UTF8.GetByteCount(text) + 1;
        lock (_gate)
        {
            if (_open.TryGetValue((appId, webhook), out var batch) && batch.Bytes + bytes > MaxBytes)
            {
                Close(batch);
                batch = null;
            }

            if (batch is null)
            {
                _open[(appId, webhook)] = batch = new Batch(appId, webhook);
                _ = CloseLaterAsync(batch);
            }

            batch.Events.Add(text);
            batch.Bytes += bytes;
            if (batch.Events.Count >= _options.Size)
                Close(batch);
        }
    }

    private async Task CloseLaterAsync(Batch batch)
    {
        await Task.Delay(TimeSpan.FromMilliseconds(_options.Duration), _time).ConfigureAwait(false);
        lock (_gate)
            Close(batch);
    }

    // Under the lock, so that batches of a webhook become jobs in their order.
    private void Close(Batch batch)
    {
        var key = (batch.AppId, batch.Webhook);
        if (!_open.TryGetValue(key, out var open) || open != batch)
            return;
        _open.Remove(key);
        _add(Make(batch.AppId, batch.Webhook, WebhookIds.LaneOf(batch.AppId, batch.Webhook, channel: null), batch.Events));
    }

    private WebhookJob Make(string appId, string webhook, string lane, IReadOnlyList<string> events)
    {
        var now = _time.GetUtcNow().ToUnixTimeMilliseconds();
        return new WebhookJob(Guid.NewGuid().ToString(), appId, webhook, lane, now, WebhookBody.Join(now, events));
    }

    private readonly record struct Item(AppScope? App, WebhookEvent? Event, TaskCompletionSource? Flush);

    private sealed class Batch(string appId, string webhook)
    {
        public string AppId => appId;

        public string Webhook => webhook;

        public List<string> Events { get; } = [];

        public int Bytes { get; set; } = """{"time_ms":0123456789012,"events":[]}""".Length;
    }
}
