using Sockudo.Server.Apps;
using Sockudo.Server.Channels;

namespace Sockudo.Server.Webhooks;

/// <summary>
/// Between the channels and the webhooks: delays <c>channel_vacated</c> and <c>member_removed</c>, and drops them together with the return that cancels them (WH-6), and lets
/// through only what this node has to report (WH-8). Every node follows all transitions; who is responsible when the time is over reports. What another node had to report
/// is remembered for a while, for the case that it has died meanwhile. While this node is cut off it holds everything back. Safe from any thread.
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
    private Func<ChannelKey, long, ulong>? _ownerOf;
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
    /// <param name="ownerOf">
    /// The node that reports what happened on a channel at a timestamp of the clock; <see cref="Cluster.Replication.Nobody"/> if that cannot be told just now.
    /// </param>
    public void ReportOnly(ulong self, Func<ChannelKey, long, ulong> ownerOf)
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
                        Report(key, webhookEvent, _time.GetTimestamp());
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
                    Report(key, webhookEvent, _time.GetTimestamp());
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
                    Report(remembered.Key, remembered.Event, remembered.Happened);
                else
                    _remembered.Enqueue(remembered);
            }
        }
    }

    /// <summary>This node was cut off, or new, and reports from now on: what it held back is reported, or was by others.</summary>
    /// <param name="unknownBefore">What was held back before is known to nobody else: a timestamp of the clock.</param>
    /// <param name="reportedBefore">What was held back after that and before this has been reported by others: a timestamp of the clock.</param>
    public void GoOn(long unknownBefore, long reportedBefore)
    {
        lock (_gate)
        {
            for (var left = _remembered.Count; left > 0; left--)
            {
                var remembered = _remembered.Dequeue();
                if (remembered.Owner != Cluster.Replication.Nobody)
                    _remembered.Enqueue(remembered);
                else if (remembered.At < unknownBefore)
                    _next.Raise(remembered.Key.App, remembered.Event);
                else if (remembered.At >= reportedBefore)
                    Report(remembered.Key, remembered.Event, remembered.Happened);
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
            // What cannot be told yet may still be cancelled.
            while (_due.TryPeek(out var pending) && (pending.IsCancelled || (_time.GetElapsedTime(pending.Since) >= _delay && IsKnown(pending))))
                Report(_due.Dequeue());
        }
    }

    private void Report(Pending pending)
    {
        if (pending.IsCancelled)
            return;
        _pending.Remove((pending.Key, pending.Event.UserId));
        Report(pending.Key, pending.Event, pending.Since);
    }

    private bool IsKnown(Pending pending) => _ownerOf?.Invoke(pending.Key, pending.Since) != Cluster.Replication.Nobody;

    private void Report(ChannelKey key, WebhookEvent webhookEvent, long happened)
    {
        if (_ownerOf?.Invoke(key, happened) is { } owner && owner != _self)
            Remember(new Remembered(key, webhookEvent, owner, happened, _time.GetTimestamp()));
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

    private readonly record struct Remembered(ChannelKey Key, WebhookEvent Event, ulong Owner, long Happened, long At);
}
