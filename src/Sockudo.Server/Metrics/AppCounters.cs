using Sockudo.Protocol.Channels;
using Sockudo.Server.Limits;

namespace Sockudo.Server.Metrics;

/// <summary>
/// Everything that is counted for one app, or for what concerns no known app. Plain counters that any thread adds to; a
/// scrape reads them one by one, without a lock. What every message or request adds to is kept per core.
/// </summary>
internal sealed class AppCounters(string appId)
{
    private static readonly int ConnectionErrorTypes = Enum.GetValues<ConnectionErrorType>().Length;
    private static readonly int SubscriptionRefusals = Enum.GetValues<SubscriptionRefusal>().Length;
    private static readonly int RateLimiterTypes = Enum.GetValues<RateLimiterType>().Length;

    private readonly StripedCounters _traffic = new(Traffic.Count);
    private readonly long[] _connectionErrors = new long[ConnectionErrorTypes];
    private readonly long[] _subscriptionRefusals = new long[SubscriptionRefusals];
    private readonly long[] _rateLimitRefusals = new long[RateLimiterTypes];
    private readonly long[] _rateLimitErrors = new long[RateLimiterTypes];

    // By kind of channel.
    private readonly long[] _subscribed = new long[ChannelKinds.Count];
    private readonly long[] _unsubscribed = new long[ChannelKinds.Count];
    private readonly long[] _occupied = new long[ChannelKinds.Count];
    private readonly long[] _vacated = new long[ChannelKinds.Count];

    private long _connectionsOpened;
    private long _connectionsClosed;
    private long _slowConsumers;
    private volatile bool _isRetired;

    /// <summary>Id of the app; empty for what concerns no known app.</summary>
    public string AppId { get; } = appId;

    /// <summary>The app has been deleted: it has no series any more, until it is back.</summary>
    public bool IsRetired
    {
        get => _isRetired;
        set => _isRetired = value;
    }

    public long ConnectionsOpened => Volatile.Read(ref _connectionsOpened);

    public long ConnectionsClosed => Volatile.Read(ref _connectionsClosed);

    public long MessagesReceivedTotal => _traffic.Sum(Traffic.MessagesReceived);

    public long BytesReceived => _traffic.Sum(Traffic.BytesReceived);

    public long MessagesSentTotal => _traffic.Sum(Traffic.MessagesSent);

    public long BytesSent => _traffic.Sum(Traffic.BytesSent);

    public long HttpCalls => _traffic.Sum(Traffic.HttpCalls);

    public long HttpBytesReceived => _traffic.Sum(Traffic.HttpBytesReceived);

    public long HttpBytesSent => _traffic.Sum(Traffic.HttpBytesSent);

    public long SlowConsumers => Volatile.Read(ref _slowConsumers);

    public long ConnectionErrors(ConnectionErrorType type) => Volatile.Read(ref _connectionErrors[(int)type]);

    public long SubscriptionsRefused(SubscriptionRefusal reason) => Volatile.Read(ref _subscriptionRefusals[(int)reason]);

    public long SubscriptionsBegun(ChannelKind kind) => Volatile.Read(ref _subscribed[(int)kind]);

    public long SubscriptionsEnded(ChannelKind kind) => Volatile.Read(ref _unsubscribed[(int)kind]);

    /// <summary>Subscriptions of this moment.</summary>
    public long Subscriptions(ChannelKind kind)
    {
        // What has ended first: otherwise what begins and ends in between would count as ended only.
        var ended = SubscriptionsEnded(kind);
        return SubscriptionsBegun(kind) - ended;
    }

    /// <summary>Channels of this moment that have subscriptions.</summary>
    public long Channels(ChannelKind kind)
    {
        var vacated = Volatile.Read(ref _vacated[(int)kind]);
        return Volatile.Read(ref _occupied[(int)kind]) - vacated;
    }

    public long EventsPublished(EventSource source) => _traffic.Sum(Traffic.EventsPublished + (int)source);

    public long RateLimitChecks(RateLimiterType type) => _traffic.Sum(Traffic.RateLimitChecks + (int)type);

    /// <summary>Checks without answer of the backend.</summary>
    public long RateLimitErrors(RateLimiterType type) => Volatile.Read(ref _rateLimitErrors[(int)type]);

    public long RateLimitRefusals(RateLimiterType type) => Volatile.Read(ref _rateLimitRefusals[(int)type]);

    /// <summary>A connection was greeted with <c>connection_established</c>.</summary>
    public void ConnectionOpened() => Interlocked.Increment(ref _connectionsOpened);

    /// <summary>Such a connection ended, for whatever reason.</summary>
    public void ConnectionClosed() => Interlocked.Increment(ref _connectionsClosed);

    /// <summary>A text message arrived.</summary>
    public void MessageReceived(int bytes)
    {
        _traffic.Add(Traffic.MessagesReceived, 1);
        _traffic.Add(Traffic.BytesReceived, bytes);
    }

    /// <summary>One message was queued for this many connections.</summary>
    public void MessagesSent(int count, int bytesEach)
    {
        if (count == 0)
            return;
        _traffic.Add(Traffic.MessagesSent, count);
        _traffic.Add(Traffic.BytesSent, (long)count * bytesEach);
    }

    /// <summary>A request under <c>/apps/</c> was answered; bytes are those of the bodies.</summary>
    public void HttpCall(long requestBytes, long responseBytes)
    {
        _traffic.Add(Traffic.HttpCalls, 1);
        _traffic.Add(Traffic.HttpBytesReceived, requestBytes);
        _traffic.Add(Traffic.HttpBytesSent, responseBytes);
    }

    /// <summary>A subscription was accepted.</summary>
    /// <param name="kind">Kind of its channel.</param>
    /// <param name="isFirst">The channel had none on this node.</param>
    public void Subscribed(ChannelKind kind, bool isFirst)
    {
        Interlocked.Increment(ref _subscribed[(int)kind]);
        if (isFirst)
            Interlocked.Increment(ref _occupied[(int)kind]);
    }

    /// <summary>A subscription has ended.</summary>
    /// <param name="kind">Kind of its channel.</param>
    /// <param name="wasLast">The channel has none left on this node.</param>
    public void Unsubscribed(ChannelKind kind, bool wasLast)
    {
        Interlocked.Increment(ref _unsubscribed[(int)kind]);
        if (wasLast)
            Interlocked.Increment(ref _vacated[(int)kind]);
    }

    public void SubscriptionRefused(SubscriptionRefusal reason) => Interlocked.Increment(ref _subscriptionRefusals[(int)reason]);

    public void ConnectionError(ConnectionErrorType type) => Interlocked.Increment(ref _connectionErrors[(int)type]);

    /// <summary>An event was accepted for one channel.</summary>
    public void EventPublished(EventSource source) => _traffic.Add(Traffic.EventsPublished + (int)source, 1);

    /// <summary>A connection was closed because its queue was full.</summary>
    public void SlowConsumer() => Interlocked.Increment(ref _slowConsumers);

    /// <summary>A limit was asked: refused, or without an answer, counts as well.</summary>
    public void RateLimitChecked(RateLimiterType type, RateLimitDecision decision)
    {
        if (decision.IsUnanswered)
            Interlocked.Increment(ref _rateLimitErrors[(int)type]);
        RateLimitChecked(type, refused: !decision.IsAllowed && !decision.IsUnanswered);
    }

    public void RateLimitChecked(RateLimiterType type, bool refused)
    {
        _traffic.Add(Traffic.RateLimitChecks + (int)type, 1);
        if (refused)
            Interlocked.Increment(ref _rateLimitRefusals[(int)type]);
    }

    // Positions in the counters that are kept per core.
    private static class Traffic
    {
        public const int MessagesReceived = 0;
        public const int BytesReceived = 1;
        public const int MessagesSent = 2;
        public const int BytesSent = 3;
        public const int HttpCalls = 4;
        public const int HttpBytesReceived = 5;
        public const int HttpBytesSent = 6;
        public const int EventsPublished = 7; // one for each source
        public const int RateLimitChecks = 9; // one for each limiter
        public const int Count = 14;
    }
}
