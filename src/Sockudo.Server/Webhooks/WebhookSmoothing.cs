using Sockudo.Server.Apps;
using Sockudo.Server.Channels;
using Sockudo.Server.Cluster;

namespace Sockudo.Server.Webhooks;

/// <summary>
/// Between the channels and the webhooks: delays <c>channel_vacated</c> and <c>member_removed</c>, and drops them together with the return that cancels them (WH-6), and lets
/// through only what this node has to report (WH-8).
/// <para>
/// In a cluster every node follows all channels, and knows what the application was told, as nodes tell each other what they report. Where that differs from what is, and the
/// delay is over, the node that is responsible reports it; if that one does not, or has died, another one does. So whatever was lost, or told by a node that did not know
/// better, the last that the application is told is what is. While this node is cut off it holds everything back.
/// </para>
/// Safe from any thread.
/// </summary>
internal sealed class WebhookSmoothing : IWebhookSink, IDisposable
{
    private static readonly TimeSpan LongestTick = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan ReviewInterval = TimeSpan.FromSeconds(1);

    // Who is responsible by now reports what is overdue; so much later everybody does who knows of it.
    private static readonly TimeSpan LastResort = TimeSpan.FromSeconds(2);

    // Of a busy cluster, in a few seconds.
    private const int MaxRemembered = 100_000;

    private readonly IWebhookSink _next;
    private readonly TimeSpan _delay;
    private readonly TimeSpan _memory;
    private readonly TimeProvider _time;
    private readonly TimeSpan _tick;
    private ITimer? _timer;

    private readonly Lock _gate = new();

    // What has changed or was told of late, and what has still to be reported. Of all else the application knows how it is.
    private readonly Dictionary<(ChannelKey Key, string? UserId), Occupancy> _occupancies = [];
    private readonly PriorityQueue<Occupancy, (long Due, long Number)> _due = new();
    private CountReports? _counts;
    private Func<ChannelKey, long, ulong>? _ownerOf;
    private Func<ChannelKey, string?, bool>? _isThere;
    private Action<ChannelKey, string?, OccupancyReport>? _told;
    private ulong _self;
    private ulong _reports;
    private long _number;
    private long _reviewed;
    private long _unheardSince = long.MaxValue;
    private bool _isEnding;

    /// <param name="next">Takes what is to be reported.</param>
    /// <param name="delay">Zero = nothing is delayed.</param>
    /// <param name="memory">How long it takes until a node that has died is known to be dead, and all that nodes say of each other has arrived.</param>
    /// <param name="time">The clock.</param>
    public WebhookSmoothing(IWebhookSink next, TimeSpan delay, TimeSpan memory, TimeProvider time)
    {
        _next = next;
        _delay = delay;
        _memory = memory;
        _time = time;
        _reviewed = time.GetTimestamp();
        _tick = delay > TimeSpan.Zero && delay / 4 < LongestTick ? delay / 4 : LongestTick;
        if (delay > TimeSpan.Zero)
            StartTimer();
    }

    /// <summary>Only what this node owns is reported from now on. Called before the start, in a cluster.</summary>
    /// <param name="self">This node.</param>
    /// <param name="ownerOf">
    /// The node that reports what happened on a channel at a timestamp of the clock; <see cref="Replication.Nobody"/> if that cannot be told just now.
    /// </param>
    /// <param name="isThere">Whether a channel is occupied, or, if it is not null, the user in it.</param>
    /// <param name="told">Is told what this node has reported of a channel, or of a user in it, for the other nodes to know.</param>
    public void ReportOnly(ulong self, Func<ChannelKey, long, ulong> ownerOf, Func<ChannelKey, string?, bool> isThere, Action<ChannelKey, string?, OccupancyReport> told)
    {
        lock (_gate)
        {
            (_self, _ownerOf, _isThere, _told) = (self, ownerOf, isThere, told);
            _counts = new CountReports(self, ownerOf, _next, _memory, _time);
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
                    Turn(key, webhookEvent.UserId, isThere: true, webhookEvent.IsTold);
                    break;
                case WebhookEventType.ChannelVacated or WebhookEventType.MemberRemoved:
                    Turn(key, webhookEvent.UserId, isThere: false, webhookEvent.IsTold);
                    break;
                case WebhookEventType.SubscriptionCount when _counts is not null:
                    _counts.Raise(key, webhookEvent);
                    break;
                default:
                    // Only the node where it happens knows of it.
                    _next.Raise(app, webhookEvent);
                    break;
            }
        }
    }

    /// <summary>Another node says what webhooks were told; this one may know of what it is about or not yet.</summary>
    /// <param name="key">The channel.</param>
    /// <param name="userId">The user; null: the channel itself.</param>
    /// <param name="report">What they were told.</param>
    /// <param name="isTrusted">This node was away, and knows less.</param>
    public void Hear(ChannelKey key, string? userId, in OccupancyReport report, bool isTrusted)
    {
        // What was told long ago, or never, only tells something to those who know less.
        if ((report.Id.IsNone && !isTrusted) || !key.App.Follows(userId is null ? WebhookEventType.ChannelOccupied : WebhookEventType.MemberAdded))
            return;
        // Not under the lock, which is taken under a channel's. If it has just changed, it is known below.
        var isThere = _isThere!(key, userId);
        lock (_gate)
        {
            if (!_occupancies.TryGetValue((key, userId), out var occupancy))
                _occupancies.Add((key, userId), occupancy = new Occupancy(key, userId, isThere));
            var wasOpen = occupancy.IsOpen;
            var now = _time.GetTimestamp();
            if (!occupancy.Hear(report, isTrusted, isOld: !IsOfLate(occupancy), now))
                return;
            if (!occupancy.Differs)
            {
                (occupancy.Owner, occupancy.At) = (report.Id.IsNone ? Replication.Nobody : report.Id.Teller, now);
            }
            else if (!wasOpen)
            {
                // What this node sees may still have to follow.
                Expect(occupancy, !isTrusted ? _memory : occupancy.IsThere ? TimeSpan.Zero : _delay);
            }
            else if (occupancy.IsDue)
            {
                Assign(occupancy);
            }
        }
    }

    /// <summary>What webhooks were told of late, for a node that may have missed it, and what they still have to be.</summary>
    public IReadOnlyList<(ChannelKey Key, string? UserId, OccupancyReport Report)> Reports()
    {
        lock (_gate)
        {
            return [.. _occupancies.Values.Where(occupancy => occupancy.Differs || IsOfLate(occupancy))
                .Select(occupancy => (occupancy.Key, occupancy.UserId, Reported(occupancy)))];
        }
    }

    /// <summary>
    /// A node is gone, or was away: what it had to report and has not said to have reported, or has said just before, is reported by who is responsible now.
    /// </summary>
    /// <param name="node">The node.</param>
    /// <param name="wellUntil">What it has reported since then may be lost with it, or was not right, as it heard nothing any more: a timestamp of the clock.</param>
    public void TakeOver(ulong node, long wellUntil)
    {
        lock (_gate)
        {
            foreach (var occupancy in InOrder(occupancy => occupancy.Owner == node))
            {
                if (!occupancy.IsOpen && occupancy.At >= wellUntil)
                {
                    occupancy.Doubt();
                    occupancy.IsDue = true;
                }

                if (occupancy.IsWaiting)
                    Assign(occupancy);
            }

            _counts?.TakeOver(node, wellUntil);
        }
    }

    /// <summary>This node is cut off.</summary>
    /// <param name="since">What it has reported since then the others may not have heard of: a timestamp of the clock.</param>
    public void CutOff(long since)
    {
        lock (_gate)
            _unheardSince = since;
    }

    /// <summary>This node was cut off, or new, and reports from now on what it held back, if that is its to report.</summary>
    public void GoOn()
    {
        lock (_gate)
        {
            foreach (var occupancy in InOrder(occupancy => !IsFresh(occupancy) && IsUnheard(occupancy)))
            {
                occupancy.Doubt();
                Expect(occupancy, _memory);
            }

            foreach (var occupancy in InOrder(static occupancy => occupancy.Owner == Replication.Nobody && occupancy.IsWaiting))
                Assign(occupancy);
            _counts?.GoOn();
        }
    }

    /// <summary>This node stops: what it still has to wait for and nobody of those who stay knows of it reports at once.</summary>
    /// <param name="knownSince">What happened since then is known to others: a timestamp of the clock.</param>
    public void HandOver(long knownSince)
    {
        var hasHeir = knownSince < long.MaxValue;
        lock (_gate)
        {
            // Whoever was to report it may never have heard of it; but what others have told, and did not turn here, they know better.
            foreach (var occupancy in InOrder(occupancy => occupancy.IsOpen && (occupancy.IsWaiting || (occupancy.Number > 0 && occupancy.Turned < knownSince))))
            {
                // Who is cut off while others stay does not know what is; but what he has told himself they cannot know of.
                if (hasHeir && OwnerOf(occupancy) == Replication.Nobody && !(IsUnheard(occupancy) && !occupancy.IsThere))
                    continue;
                occupancy.IsDue |= occupancy.Turned < knownSince;
                Report(occupancy);
            }
        }
    }

    /// <summary>The only node stops: nobody comes back, so that nothing is waited for any more.</summary>
    public void End()
    {
        lock (_gate)
        {
            _isEnding = true;
            while (_due.TryDequeue(out var occupancy, out _))
                Come(occupancy);
        }
    }

    public void Dispose() => _timer?.Dispose();

    private void StartTimer() => _timer ??= _time.CreateTimer(static state => ((WebhookSmoothing)state!).Look(), this, _tick, _tick);

    private void Turn(ChannelKey key, string? userId, bool isThere, bool isTold)
    {
        if (!_occupancies.TryGetValue((key, userId), out var occupancy))
        {
            if (isTold)
                return;
            _occupancies.Add((key, userId), occupancy = new Occupancy(key, userId, !isThere));
        }
        else if (occupancy.IsThere == isThere)
        {
            return;
        }

        var now = _time.GetTimestamp();
        // What nobody was to report, as this node was cut off, may be over before anybody has to know.
        occupancy.Turn(isThere, isWaitedFor: occupancy.Owner != Replication.Nobody, now, ++_number);
        if (isTold && !IsOfLate(occupancy))
            occupancy.Settle();
        if (occupancy.IsOpen)
        {
            Expect(occupancy, isThere || _isEnding ? TimeSpan.Zero : _delay);
        }
        else
        {
            // Whoever was about to report that it is gone may not know yet that it is back.
            (occupancy.Owner, occupancy.At) = (OwnerOf(occupancy), now);
            ForgetIfNeedless(occupancy);
        }
    }

    private void Expect(Occupancy occupancy, TimeSpan delay)
    {
        occupancy.IsDue = false;
        occupancy.Due = _time.GetTimestamp() + (long)(delay.TotalSeconds * _time.TimestampFrequency);
        if (delay > TimeSpan.Zero)
            _due.Enqueue(occupancy, (occupancy.Due, occupancy.Number));
        else
            Come(occupancy);
    }

    // The time for it has come.
    private void Come(Occupancy occupancy)
    {
        if (occupancy.IsDue || !occupancy.IsOpen)
            return;
        occupancy.IsDue = true;
        if (occupancy.Differs)
        {
            occupancy.Owner = Replication.Nobody;
            Assign(occupancy);
        }
    }

    private void Look()
    {
        lock (_gate)
        {
            var now = _time.GetTimestamp();
            while (_due.TryPeek(out var occupancy, out var since) && since.Due <= now)
            {
                _due.Dequeue();
                if (occupancy.Due == since.Due)
                    Come(occupancy);
            }

            if (_ownerOf is null || _time.GetElapsedTime(_reviewed, now) < ReviewInterval)
                return;
            _reviewed = now;
            Review();
        }
    }

    // What is overdue is reported, and what is long over forgotten.
    private void Review()
    {
        foreach (var occupancy in InOrder(IsOverdue))
            Report(occupancy);
        foreach (var occupancy in _occupancies.Values)
            ForgetIfNeedless(occupancy);
        _counts?.Review();
    }

    private bool IsOverdue(Occupancy occupancy)
    {
        if (!occupancy.IsWaiting || occupancy.Owner == Replication.Nobody)
            return false;
        var age = _time.GetElapsedTime(occupancy.At);
        if (age <= _memory)
            return false;
        var owner = OwnerOf(occupancy);
        return owner == _self || (owner != Replication.Nobody && age > _memory + LastResort);
    }

    // While this node is cut off it may be the only one that knows what it was that it reported last.
    private void ForgetIfNeedless(Occupancy occupancy)
    {
        if (!occupancy.IsOpen
            && (_ownerOf is null || _occupancies.Count > MaxRemembered || (_time.GetElapsedTime(occupancy.At) > _memory && OwnerOf(occupancy) != Replication.Nobody)))
        {
            _occupancies.Remove((occupancy.Key, occupancy.UserId));
        }
    }

    // To be believed, beside what others say.
    private bool IsOfLate(Occupancy occupancy) => IsFresh(occupancy) || IsUnheard(occupancy);

    private bool IsFresh(Occupancy occupancy) => !occupancy.Report.Id.IsNone && _time.GetElapsedTime(occupancy.ToldAt) <= _memory;

    // This node has told it when it was cut off already and did not know that: whatever the others have told since, that may have come before or after.
    private bool IsUnheard(Occupancy occupancy) => occupancy.ToldAt >= _unheardSince && occupancy.Report.Id.Teller == _self;

    private OccupancyReport Reported(Occupancy occupancy) =>
        IsFresh(occupancy) ? occupancy.Report : IsUnheard(occupancy) ? occupancy.Report with { IsThere = null } : new OccupancyReport(occupancy.Told);

    private IEnumerable<Occupancy> InOrder(Func<Occupancy, bool> isMeant) => [.. _occupancies.Values.Where(isMeant).OrderBy(static occupancy => occupancy.Number)];

    private ulong OwnerOf(Occupancy occupancy) => _ownerOf?.Invoke(occupancy.Key, occupancy.Turned) ?? _self;

    // To who is responsible now; if that is this node, it reports.
    private void Assign(Occupancy occupancy)
    {
        // While this node is cut off, who was to report it may still do so.
        var owner = OwnerOf(occupancy);
        if (owner == _self)
            Report(occupancy);
        else if (owner != Replication.Nobody || occupancy.Owner == Replication.Nobody)
            (occupancy.Owner, occupancy.At) = (owner, _time.GetTimestamp());
    }

    private void Report(Occupancy occupancy)
    {
        (occupancy.Owner, occupancy.At) = (_self, _time.GetTimestamp());
        if (occupancy.IsOwed)
            Tell(occupancy, !occupancy.IsThere);
        if (occupancy.IsDue && occupancy.Differs)
            Tell(occupancy, occupancy.IsThere);
        ForgetIfNeedless(occupancy);
    }

    private void Tell(Occupancy occupancy, bool isThere)
    {
        occupancy.Tell(isThere, new ReportId(_self, ++_reports), _time.GetTimestamp());
        var type = (occupancy.UserId is null, isThere) switch
        {
            (true, true) => WebhookEventType.ChannelOccupied,
            (true, false) => WebhookEventType.ChannelVacated,
            (false, true) => WebhookEventType.MemberAdded,
            _ => WebhookEventType.MemberRemoved,
        };
        if (occupancy.Key.App.Wants(type))
            _next.Raise(occupancy.Key.App, new WebhookEvent(type, occupancy.Key.Name) { UserId = occupancy.UserId });
        _told?.Invoke(occupancy.Key, occupancy.UserId, occupancy.Report);
    }
}
