using Sockudo.Server.Apps;
using Sockudo.Server.Channels;

namespace Sockudo.Server.Webhooks;

/// <summary>
/// Between the channels and the webhooks: delays <c>channel_vacated</c> and <c>member_removed</c>, and drops them together with the return that cancels them (WH-6), and lets
/// through only what this node has to report (WH-8). Every node follows all transitions; who is responsible when the time is over reports. What another node had to report
/// is remembered for a while, for the case that it has died meanwhile. Safe from any thread.
/// </summary>
internal sealed class WebhookSmoothing : IWebhookSink, IDisposable
{
    private static readonly TimeSpan LongestTick = TimeSpan.FromMilliseconds(100);

    // Of a busy cluster, in a few seconds; the oldest goes.
    private const int MaxRemembered = 100_000;

    private readonly IWebhookSink _next;
    private readonly TimeSpan _delay;
    private readonly TimeSpan _memory;
    private readonly TimeProvider _time;
    private readonly ITimer? _timer;

    private readonly Lock _gate = new();
    private readonly Dictionary<(ChannelKey Key, string? UserId), Pending> _pending = [];
    private readonly Queue<Pending> _due = new();
    private readonly Queue<Remembered> _remembered = new();
    private Func<ChannelKey, ulong>? _ownerOf;
    private ulong _self;
    private bool _isEnding;

    /// <param name="next">Takes what is to be reported.</param>
    /// <param name="delay">Zero = nothing is delayed.</param>
    /// <param name="memory">How long it takes until a node that has died is known to be dead.</param>
    /// <param name="time">The clock.</param>
    public WebhookSmoothing(IWebhookSink next, TimeSpan delay, TimeSpan memory, TimeProvider time)
    {
        _next = next;
        _delay = delay;
        _memory = memory;
        _time = time;
        if (delay <= TimeSpan.Zero)
            return;
        var tick = delay / 4 < LongestTick ? delay / 4 : LongestTick;
        _timer = time.CreateTimer(static state => ((WebhookSmoothing)state!).ReportDue(), this, tick, tick);
    }

    /// <summary>Only what this node owns is reported from now on.</summary>
    /// <param name="self">This node.</param>
    /// <param name="ownerOf">The node that reports on a channel; <see cref="Cluster.Replication.Nobody"/> if nobody does just now.</param>
    public void ReportOnly(ulong self, Func<ChannelKey, ulong> ownerOf)
    {
        lock (_gate)
            (_self, _ownerOf) = (self, ownerOf);
    }

    /// <inheritdoc/>
    public void Raise(AppScope app, WebhookEvent webhookEvent)
    {
        var key = new ChannelKey(app, webhookEvent.Channel);
        lock (_gate)
        {
            switch (webhookEvent.Type)
            {
                case WebhookEventType.ChannelOccupied or WebhookEventType.MemberAdded:
                    if (_pending.Remove((key, webhookEvent.UserId), out var left))
                        left.IsCancelled = true;
                    else
                        Report(key, webhookEvent);
                    break;
                case WebhookEventType.ChannelVacated or WebhookEventType.MemberRemoved when _delay > TimeSpan.Zero && !_isEnding:
                    var pending = new Pending(key, webhookEvent, _time.GetTimestamp());
                    _pending[(key, webhookEvent.UserId)] = pending;
                    _due.Enqueue(pending);
                    break;
                case WebhookEventType.ClientEvent or WebhookEventType.CacheMiss:
                    // Only the node where it happens knows of it.
                    _next.Raise(app, webhookEvent);
                    break;
                default:
                    Report(key, webhookEvent);
                    break;
            }
        }
    }

    /// <summary>
    /// A node is gone, or was away: what it had to report since it was last known to be well is reported by who is responsible now.
    /// </summary>
    /// <param name="node">The node.</param>
    /// <param name="wellUntil">A timestamp of the clock.</param>
    public void TakeOver(ulong node, long wellUntil)
    {
        lock (_gate)
        {
            for (var left = _remembered.Count; left > 0; left--)
            {
                var remembered = _remembered.Dequeue();
                if (remembered.Owner == node && remembered.At >= wellUntil)
                    Report(remembered.Key, remembered.Event);
                else
                    _remembered.Enqueue(remembered);
            }
        }
    }

    /// <summary>The only node stops: nobody comes back, so that nothing is waited for any more.</summary>
    public void End()
    {
        lock (_gate)
        {
            _isEnding = true;
            while (_due.TryDequeue(out var pending))
                Report(pending);
        }
    }

    public void Dispose() => _timer?.Dispose();

    private void ReportDue()
    {
        lock (_gate)
        {
            while (_due.TryPeek(out var pending) && (pending.IsCancelled || _time.GetElapsedTime(pending.Since) >= _delay))
                Report(_due.Dequeue());
        }
    }

    private void Report(Pending pending)
    {
        if (pending.IsCancelled)
            return;
        _pending.Remove((pending.Key, pending.Event.UserId));
        Report(pending.Key, pending.Event);
    }

    private void Report(ChannelKey key, WebhookEvent webhookEvent)
    {
        if (_ownerOf?.Invoke(key) is { } owner && owner != _self)
            Remember(new Remembered(key, webhookEvent, owner, _time.GetTimestamp()));
        else if (key.App.Wants(webhookEvent.Type))
            _next.Raise(key.App, webhookEvent);
    }

    private void Remember(Remembered remembered)
    {
        if (!remembered.Key.App.Wants(remembered.Event.Type))
            return;
        _remembered.Enqueue(remembered);
        // What nobody has reported yet is kept however long that takes.
        while (_remembered.Count > MaxRemembered || (_remembered.Peek() is { Owner: not Cluster.Replication.Nobody } oldest && _time.GetElapsedTime(oldest.At) > _memory))
            _remembered.Dequeue();
    }

    private sealed class Pending(ChannelKey key, WebhookEvent webhookEvent, long since)
    {
        public ChannelKey Key => key;

        public WebhookEvent Event => webhookEvent;

        public long Since => since;

        public bool IsCancelled { get; set; }
    }

    private readonly record struct Remembered(ChannelKey Key, WebhookEvent Event, ulong Owner, long At);
}
