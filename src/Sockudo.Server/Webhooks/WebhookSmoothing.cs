using Sockudo.Server.Apps;
using Sockudo.Server.Channels;
using Sockudo.Server.Cluster;

namespace Sockudo.Server.Webhooks;

/// <summary>
/// Between the channels and the webhooks: delays <c>channel_vacated</c> and <c>member_removed</c>, and drops them together with the return that cancels them (WH-6), and lets
/// through only what this node has to report (WH-8). Every node follows all transitions; who is responsible when the time is over reports, and tells the others so. What
/// another node has to report is remembered until that one has said that it has; if it does not, or dies, somebody else reports it. While this node is cut off it holds
/// everything back. Safe from any thread.
/// </summary>
internal sealed class WebhookSmoothing : IWebhookSink, IDisposable
{
    private static readonly TimeSpan LongestTick = TimeSpan.FromMilliseconds(100);

    // Who is responsible by now reports what is overdue; so much later everybody does who knows of it.
    private static readonly TimeSpan LastResort = TimeSpan.FromSeconds(2);

    // Of a busy cluster, in a few seconds; the oldest goes.
    private const int MaxRemembered = 100_000;

    private readonly IWebhookSink _next;
    private readonly TimeSpan _delay;
    private readonly TimeSpan _memory;
    private readonly TimeProvider _time;
    private readonly TimeSpan _tick;
    private ITimer? _timer;

    private readonly Lock _gate = new();
    private readonly Dictionary<(ChannelKey Key, string? UserId), Pending> _pending = [];
    private readonly Queue<Pending> _due = new();

    // In the order in which it happened, as far as this node knows.
    private readonly Queue<Remembered> _remembered = new();

    // Of the remembered: what nobody has said to have reported, the latest of its kind; and what somebody has, and this node has not seen yet.
    private readonly Dictionary<(ChannelKey Key, string? UserId, WebhookEventType Type), Remembered> _untold = [];
    private readonly Dictionary<(ChannelKey Key, string? UserId, WebhookEventType Type), Remembered> _unseen = [];
    private Func<ChannelKey, long, ulong>? _ownerOf;
    private ulong _self;
    private long _number;
    private bool _isEnding;

    /// <param name="next">Takes what is to be reported.</param>
    /// <param name="delay">Zero = nothing is delayed.</param>
    /// <param name="memory">How long it takes until a node that has died is known to be dead, and what it had to report is reported by others.</param>
    /// <param name="time">The clock.</param>
    public WebhookSmoothing(IWebhookSink next, TimeSpan delay, TimeSpan memory, TimeProvider time)
    {
        _next = next;
        _delay = delay;
        _memory = memory;
        _time = time;
        _tick = delay > TimeSpan.Zero && delay / 4 < LongestTick ? delay / 4 : LongestTick;
        if (delay > TimeSpan.Zero)
            StartTimer();
    }

    /// <summary>Is told what this node has reported, for the other nodes to know. Set before the start.</summary>
    public Action<ChannelKey, WebhookEvent>? Told { get; set; }

    /// <summary>Only what this node owns is reported from now on.</summary>
    /// <param name="self">This node.</param>
    /// <param name="ownerOf">
    /// The node that reports what happened on a channel at a timestamp of the clock; <see cref="Replication.Nobody"/> if that cannot be told just now.
    /// </param>
    public void ReportOnly(ulong self, Func<ChannelKey, long, ulong> ownerOf)
    {
        lock (_gate)
        {
            (_self, _ownerOf) = (self, ownerOf);
            StartTimer();
        }
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
                    // Where the time was over a moment earlier the end has been reported: then that it goes on must be, too.
                    var wasEndTold = _unseen.Remove((key, webhookEvent.UserId, Opposite(webhookEvent.Type)));
                    if (_pending.Remove((key, webhookEvent.UserId), out var left))
                        left.IsCancelled = true;
                    if (left is null || wasEndTold)
                        Report(key, webhookEvent, _time.GetTimestamp(), ++_number);
                    break;
                case WebhookEventType.ChannelVacated or WebhookEventType.MemberRemoved:
                    _unseen.Remove((key, webhookEvent.UserId, Opposite(webhookEvent.Type)));
                    if (_delay <= TimeSpan.Zero || _isEnding)
                    {
                        Report(key, webhookEvent, _time.GetTimestamp(), ++_number);
                        break;
                    }

                    var pending = new Pending(key, webhookEvent, _time.GetTimestamp(), ++_number);
                    _pending[(key, webhookEvent.UserId)] = pending;
                    _due.Enqueue(pending);
                    break;
                case WebhookEventType.ClientEvent or WebhookEventType.CacheMiss:
                    // Only the node where it happens knows of it.
                    _next.Raise(app, webhookEvent);
                    break;
                default:
                    Report(key, webhookEvent, _time.GetTimestamp(), ++_number);
                    break;
            }
        }
    }

    /// <summary>Another node has reported something; this one may know of it or not yet.</summary>
    public void ToldBy(ulong node, ChannelKey key, WebhookEventType type, string? userId)
    {
        if (!IsTransition(type) || !key.App.Wants(type))
            return;
        lock (_gate)
        {
            var id = (key, userId, type);
            // Told before this, so of something before this.
            _unseen.Remove((key, userId, Opposite(type)));
            if (_untold.Remove(id, out var known))
            {
                known.IsTold = true;
                (known.Owner, known.At) = (node, _time.GetTimestamp());
            }
            else if (!_unseen.ContainsKey(id))
            {
                var now = _time.GetTimestamp();
                var unseen = new Remembered(key, new WebhookEvent(type, key.Name) { UserId = userId }, now) { Owner = node, At = now, IsTold = true };
                _unseen.Add(id, unseen);
                Remember(unseen);
            }
        }
    }

    /// <summary>What this node has reported of late, for one that may have missed it.</summary>
    public IReadOnlyList<(ChannelKey Key, WebhookEvent Event)> RecentlyTold()
    {
        lock (_gate)
            return [.. _remembered.Where(remembered => remembered.IsTold && remembered.Owner == _self && Age(remembered) <= _memory && IsTransition(remembered.Event.Type)).Select(static remembered => (remembered.Key, remembered.Event))];
    }

    /// <summary>
    /// A node is gone, or was away: what it had to report and has not said to have reported, or has said just before, is reported by who is responsible now.
    /// </summary>
    /// <param name="node">The node.</param>
    /// <param name="wellUntil">What it has said to have reported since then may be lost with it: a timestamp of the clock.</param>
    public void TakeOver(ulong node, long wellUntil)
    {
        lock (_gate)
            Late(remembered => remembered.Owner == node && (!remembered.IsTold || remembered.At >= wellUntil), Assign);
    }

    /// <summary>This node was cut off, or new, and reports from now on: what it held back is reported, or was by others.</summary>
    /// <param name="unknownBefore">What was held back before is known to nobody else: a timestamp of the clock.</param>
    /// <param name="reportedBefore">What others said to have happened after that and before this they have reported: a timestamp of the clock.</param>
    public void GoOn(long unknownBefore, long reportedBefore)
    {
        lock (_gate)
            Late(static remembered => remembered.Owner == Replication.Nobody && !remembered.IsTold, GoOnWith);

        void GoOnWith(Remembered remembered)
        {
            if (remembered.At < unknownBefore)
                Tell(remembered);
            else if (remembered.At >= reportedBefore || (!remembered.Event.IsHeard && IsTransition(remembered.Event.Type)))
                Assign(remembered);
            else
                remembered.IsTold = true;
        }
    }

    /// <summary>This node stops: what it still has to wait for and nobody of those who stay knows of it reports at once.</summary>
    /// <param name="knownSince">What happened since then is known to others: a timestamp of the clock.</param>
    public void HandOver(long knownSince)
    {
        lock (_gate)
        {
            foreach (var pending in _due.Where(pending => !pending.IsCancelled && pending.Since < knownSince).ToList())
            {
                Report(pending);
                pending.IsCancelled = true;
            }

            // Whoever was to report it may never have heard of it.
            Late(static remembered => !remembered.IsTold, Tell);
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

    private void StartTimer() => _timer ??= _time.CreateTimer(static state => ((WebhookSmoothing)state!).Look(), this, _tick, _tick);

    private void Look()
    {
        lock (_gate)
        {
            // What cannot be told yet may still be cancelled.
            while (_due.TryPeek(out var pending) && (pending.IsCancelled || (_time.GetElapsedTime(pending.Since) >= _delay && IsKnown(pending))))
                Report(_due.Dequeue());
            if (_remembered.TakeWhile(remembered => Age(remembered) > _memory).Any(IsOverdue))
                Late(IsOverdue, Tell);
            ForgetOld();
        }
    }

    private void Report(Pending pending)
    {
        if (pending.IsCancelled)
            return;
        _pending.Remove((pending.Key, pending.Event.UserId));
        Report(pending.Key, pending.Event, pending.Since, pending.Number, pending.IsOwn);
    }

    private bool IsKnown(Pending pending) => _ownerOf?.Invoke(pending.Key, pending.Since) != Replication.Nobody;

    private void Report(ChannelKey key, WebhookEvent webhookEvent, long happened, long number, bool isOwn = false)
    {
        if (!key.App.Wants(webhookEvent.Type))
            return;
        if (_ownerOf is null)
        {
            _next.Raise(key.App, webhookEvent);
            return;
        }

        var remembered = new Remembered(key, webhookEvent, happened) { Number = number };
        if (isOwn)
            Tell(remembered);
        else
            Assign(remembered);
        if (remembered.Owner != _self && _unseen.Remove(remembered.Id, out var told) && Age(told) <= _memory)
        {
            Forget(remembered);
            (remembered.Owner, remembered.IsTold) = (told.Owner, true);
        }

        Remember(remembered);
    }

    // To who is responsible now; if that is this node, it reports.
    private void Assign(Remembered remembered)
    {
        remembered.Owner = _ownerOf!(remembered.Key, remembered.Happened);
        remembered.At = _time.GetTimestamp();
        if (remembered.Owner == _self)
        {
            Tell(remembered);
            return;
        }

        if (remembered.Owner == Replication.Nobody)
            remembered.IsTold = false;
        else if (!IsTransition(remembered.Event.Type))
            remembered.IsTold = true;
        if (!remembered.IsTold)
            _untold[remembered.Id] = remembered;
    }

    private void Tell(Remembered remembered)
    {
        Forget(remembered);
        (remembered.Owner, remembered.At, remembered.IsTold) = (_self, _time.GetTimestamp(), true);
        _next.Raise(remembered.Key.App, remembered.Event);
        if (IsTransition(remembered.Event.Type))
            Told?.Invoke(remembered.Key, remembered.Event);
    }

    // Does something with some of what is remembered. Where that reports something late, others may have reported what came after it already: the last that is told must be
    // what is.
    private void Late(Func<Remembered, bool> isMeant, Action<Remembered> action)
    {
        Dictionary<(ChannelKey, string?), WebhookEventType> told = [];
        foreach (var remembered in _remembered.Where(isMeant))
        {
            action(remembered);
            if (remembered.Owner == _self && IsTransition(remembered.Event.Type))
                told[remembered.Subject] = remembered.Event.Type;
        }

        if (told.Count == 0)
            return;
        Dictionary<(ChannelKey, string?), Remembered> latest = [];
        foreach (var remembered in _remembered.Where(remembered => IsTransition(remembered.Event.Type) && told.ContainsKey(remembered.Subject)))
        {
            if (!latest.TryGetValue(remembered.Subject, out var other) || remembered.Number >= other.Number)
                latest[remembered.Subject] = remembered;
        }

        foreach (var (subject, type) in told)
        {
            if (latest[subject].Event.Type != type)
                Tell(latest[subject]);
            if (_pending.TryGetValue(subject, out var pending))
                pending.IsOwn = true;
        }
    }

    private bool IsOverdue(Remembered remembered)
    {
        if (remembered.IsTold || remembered.Owner == Replication.Nobody)
            return false;
        var age = Age(remembered);
        if (age <= _memory)
            return false;
        var owner = _ownerOf!(remembered.Key, remembered.Happened);
        return owner == _self || (owner != Replication.Nobody && age > _memory + LastResort);
    }

    private TimeSpan Age(Remembered remembered) => _time.GetElapsedTime(remembered.At);

    private void Remember(Remembered remembered)
    {
        _remembered.Enqueue(remembered);
        ForgetOld();
    }

    // What nobody has reported yet is kept however long that takes.
    private void ForgetOld()
    {
        while (_remembered.TryPeek(out var oldest) && (_remembered.Count > MaxRemembered || (oldest.IsTold && Age(oldest) > _memory)))
            Forget(_remembered.Dequeue());
    }

    private void Forget(Remembered remembered)
    {
        if (_untold.TryGetValue(remembered.Id, out var untold) && untold == remembered)
            _untold.Remove(remembered.Id);
        if (_unseen.TryGetValue(remembered.Id, out var unseen) && unseen == remembered)
            _unseen.Remove(remembered.Id);
    }

    // Of a number only the last one counts, and the next one comes.
    private static bool IsTransition(WebhookEventType type) =>
        type is WebhookEventType.ChannelOccupied or WebhookEventType.ChannelVacated or WebhookEventType.MemberAdded or WebhookEventType.MemberRemoved;

    private static WebhookEventType Opposite(WebhookEventType type) => type switch
    {
        WebhookEventType.ChannelOccupied => WebhookEventType.ChannelVacated,
        WebhookEventType.ChannelVacated => WebhookEventType.ChannelOccupied,
        WebhookEventType.MemberAdded => WebhookEventType.MemberRemoved,
        _ => WebhookEventType.MemberAdded,
    };

    private sealed class Pending(ChannelKey key, WebhookEvent webhookEvent, long since, long number)
    {
        public ChannelKey Key => key;

        public WebhookEvent Event => webhookEvent;

        public long Since => since;

        public long Number => number;

        /// <summary>This node reports it, whoever else does.</summary>
        public bool IsOwn { get; set; }

        public bool IsCancelled { get; set; }
    }

    private sealed class Remembered(ChannelKey key, WebhookEvent webhookEvent, long happened)
    {
        public ChannelKey Key => key;

        public WebhookEvent Event => webhookEvent;

        public long Happened => happened;

        public (ChannelKey Key, string? UserId) Subject => (key, webhookEvent.UserId);

        public (ChannelKey Key, string? UserId, WebhookEventType Type) Id => (key, webhookEvent.UserId, webhookEvent.Type);

        /// <summary>Of all that this node has seen happen, the how manieth; 0 = it has not seen it.</summary>
        public long Number { get; set; }

        /// <summary>Who has to report it, or has.</summary>
        public ulong Owner { get; set; }

        /// <summary>When it became the owner's, or was told, as a timestamp of the clock.</summary>
        public long At { get; set; }

        /// <summary>The owner has said that it has reported it.</summary>
        public bool IsTold { get; set; }
    }
}
