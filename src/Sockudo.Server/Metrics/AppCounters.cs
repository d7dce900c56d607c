using Sockudo.Protocol.Channels;
using Sockudo.Server.Limits;

namespace Sockudo.Server.Metrics;

/// <summary>
/// Everything that is counted for one app, or for what concerns no known app. Plain counters that any thread adds to; a
/// scrape reads them one by one, without a lock.
/// </summary>
internal sealed class AppCounters(string appId)
{
    private static readonly int ConnectionErrorTypes = Enum.GetValues<ConnectionErrorType>().Length;
    private static readonly int SubscriptionRefusals = Enum.GetValues<SubscriptionRefusal>().Length;
    private static readonly int RateLimiterTypes = Enum.GetValues<RateLimiterType>().Length;

    private readonly long[] _connectionErrors = new long[ConnectionErrorTypes];
    private readonly long[] _subscriptionRefusals = new long[SubscriptionRefusals];
    private readonly long[] _rateLimitChecks = new long[RateLimiterTypes];
    private readonly long[] _rateLimitRefusals = new long[RateLimiterTypes];
    private readonly long[] _rateLimitErrors = new long[RateLimiterTypes];
    private readonly long[] _eventsPublished = new long[2];

    // By channel kind, a byte with few values.
    private readonly long[] _subscribed = new long[32];
    private readonly long[] _unsubscribed = new long[32];

    private long _connectionsOpened;
    private long _connectionsClosed;
    private long _messagesReceived;
    private long _bytesReceived;
    private long _messagesSent;
    private long _bytesSent;
    private long _httpCalls;
    private long _httpBytesReceived;
    private long _httpBytesSent;
    private long _slowConsumers;

    /// <summary>Id of the app; empty for what concerns no known app.</summary>
    public string AppId { get; } = appId;

    public long ConnectionsOpened => Volatile.Read(ref _connectionsOpened);

    public long ConnectionsClosed => Volatile.Read(ref _connectionsClosed);

    public long MessagesReceivedTotal => Volatile.Read(ref _messagesReceived);

    public long BytesReceived => Volatile.Read(ref _bytesReceived);

    public long MessagesSentTotal => Volatile.Read(ref _messagesSent);

    public long BytesSent => Volatile.Read(ref _bytesSent);

    public long HttpCalls => Volatile.Read(ref _httpCalls);

    public long HttpBytesReceived => Volatile.Read(ref _httpBytesReceived);

    public long HttpBytesSent => Volatile.Read(ref _httpBytesSent);

    public long SlowConsumers => Volatile.Read(ref _slowConsumers);

    public long ConnectionErrors(ConnectionErrorType type) => Volatile.Read(ref _connectionErrors[(int)type]);

    public long SubscriptionsRefused(SubscriptionRefusal reason) => Volatile.Read(ref _subscriptionRefusals[(int)reason]);

    public long SubscriptionsBegun(ChannelKind kind) => Volatile.Read(ref _subscribed[(int)kind]);

    public long SubscriptionsEnded(ChannelKind kind) => Volatile.Read(ref _unsubscribed[(int)kind]);

    public long EventsPublished(EventSource source) => Volatile.Read(ref _eventsPublished[(int)source]);

    public long RateLimitChecks(RateLimiterType type) => Volatile.Read(ref _rateLimitChecks[(int)type]);

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
        Interlocked.Increment(ref _messagesReceived);
        Interlocked.Add(ref _bytesReceived, bytes);
    }

    /// <summary>One message was queued for this many connections.</summary>
    public void MessagesSent(int count, int bytesEach)
    {
        if (count == 0)
            return;
        Interlocked.Add(ref _messagesSent, count);
        Interlocked.Add(ref _bytesSent, (long)count * bytesEach);
    }

    /// <summary>A request under <c>/apps/</c> was answered; bytes are those of the bodies.</summary>
    public void HttpCall(long requestBytes, long responseBytes)
    {
        Interlocked.Increment(ref _httpCalls);
        Interlocked.Add(ref _httpBytesReceived, requestBytes);
        Interlocked.Add(ref _httpBytesSent, responseBytes);
    }

    public void Subscribed(ChannelKind kind) => Interlocked.Increment(ref _subscribed[(int)kind]);

    public void Unsubscribed(ChannelKind kind) => Interlocked.Increment(ref _unsubscribed[(int)kind]);

    public void SubscriptionRefused(SubscriptionRefusal reason) => Interlocked.Increment(ref _subscriptionRefusals[(int)reason]);

    public void ConnectionError(ConnectionErrorType type) => Interlocked.Increment(ref _connectionErrors[(int)type]);

    /// <summary>An event was accepted for one channel.</summary>
    public void EventPublished(EventSource source) => Interlocked.Increment(ref _eventsPublished[(int)source]);

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
        Interlocked.Increment(ref _rateLimitChecks[(int)type]);
        if (refused)
            Interlocked.Increment(ref _rateLimitRefusals[(int)type]);
    }
}
