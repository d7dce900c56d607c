using System.Text;
using Sockudo.Server.Apps;
using Sockudo.Server.Options;

namespace Sockudo.Server.Webhooks;

/// <summary>
/// Makes jobs of events (webhooks.md 4): filters them for each webhook of the app, and with batching joins those that come within a short time. Never waits. Safe from any
/// thread.
/// </summary>
/// <param name="options">How long and how many.</param>
/// <param name="add">Takes a job; must return at once.</param>
/// <param name="time">The clock.</param>
internal sealed class WebhookBatches(WebhooksBatchingOptions options, Action<WebhookJob> add, TimeProvider time) : IWebhookSink
{
    // "Before the body would exceed 200 KiB": SQS takes no more than 256 with all that stands around it.
    private const int MaxBytes = 200 * 1024;

    private readonly Lock _gate = new();
    private readonly Dictionary<(string AppId, string Webhook), Batch> _open = [];

    /// <inheritdoc/>
    public void Raise(AppScope app, WebhookEvent webhookEvent)
    {
        string? text = null;
        foreach (var (id, webhook) in app.Webhooks)
        {
            if (!webhook.Wants(webhookEvent.Type, webhookEvent.Channel))
                continue;
            text ??= WebhookBody.Write(webhookEvent);
            if (options.Enabled)
                Add(app.App.Id, id, text);
            else
                add(Make(app.App.Id, id, WebhookIds.LaneOf(app.App.Id, id, webhookEvent.Channel), [text]));
        }
    }

    /// <summary>Makes jobs of all that still waits for company.</summary>
    public void Flush()
    {
        lock (_gate)
        {
            foreach (var batch in _open.Values.ToList())
                Close(batch);
        }
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
            if (batch.Events.Count >= options.Size)
                Close(batch);
        }
    }

    private async Task CloseLaterAsync(Batch batch)
    {
        await Task.Delay(TimeSpan.FromMilliseconds(options.Duration), time).ConfigureAwait(false);
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
        add(Make(batch.AppId, batch.Webhook, WebhookIds.LaneOf(batch.AppId, batch.Webhook, channel: null), batch.Events));
    }

    private WebhookJob Make(string appId, string webhook, string lane, IReadOnlyList<string> events)
    {
        var now = time.GetUtcNow().ToUnixTimeMilliseconds();
        return new WebhookJob(Guid.NewGuid().ToString(), appId, webhook, lane, now, WebhookBody.Join(now, events));
    }

    private sealed class Batch(string appId, string webhook)
    {
        public string AppId => appId;

        public string Webhook => webhook;

        public List<string> Events { get; } = [];

        public int Bytes { get; set; } = """{"time_ms":0123456789012,"events":[]}""".Length;
    }
}
