using Sockudo.Server.Cluster;

namespace Sockudo.Server.Metrics;

/// <summary>What is counted of the cluster. Written by any thread; a scrape reads without a lock.</summary>
internal sealed class ClusterMetrics
{
    /// <summary>The values of the label <c>kind</c>.</summary>
    public static IReadOnlyList<string> Kinds { get; } = ["event", "state", "heartbeat", "control"];

    private readonly long[] _sent = new long[Kinds.Count];
    private readonly long[] _sentBytes = new long[Kinds.Count];
    private readonly long[] _received = new long[Kinds.Count];
    private readonly long[] _receivedBytes = new long[Kinds.Count];
    private long _gaps;
    private long _nodesLost;
    private long _requestsSent;
    private long _requestsReceived;
    private long _answersReceived;
    private long _requestsAnswered;
    private long _requestsUnanswered;

    private readonly Histogram _resolveTime;

    public ClusterMetrics() => _resolveTime = ResolveTime.Add(("app_id", ""));

    /// <summary>Seconds from a request to its complete answer.</summary>
    public HistogramFamily ResolveTime { get; } = new(HistogramFamily.Seconds);

    public long Gaps => Volatile.Read(ref _gaps);

    public long NodesLost => Volatile.Read(ref _nodesLost);

    public long RequestsSent => Volatile.Read(ref _requestsSent);

    public long RequestsReceived => Volatile.Read(ref _requestsReceived);

    public long AnswersReceived => Volatile.Read(ref _answersReceived);

    public long RequestsAnswered => Volatile.Read(ref _requestsAnswered);

    public long RequestsUnanswered => Volatile.Read(ref _requestsUnanswered);

    /// <summary>Messages and their bytes by position in <see cref="Kinds"/>.</summary>
    public (long Messages, long Bytes) Sent(int kind) => (Volatile.Read(ref _sent[kind]), Volatile.Read(ref _sentBytes[kind]));

    /// <inheritdoc cref="Sent(int)"/>
    public (long Messages, long Bytes) Received(int kind) => (Volatile.Read(ref _received[kind]), Volatile.Read(ref _receivedBytes[kind]));

    public void MessageSent(MessageKind kind, int bytes) => Count(_sent, _sentBytes, kind, bytes);

    public void MessageReceived(MessageKind kind, int bytes) => Count(_received, _receivedBytes, kind, bytes);

    /// <summary>So many messages are known to be lost, or one stretch of an unknown number.</summary>
    public void Lost(long count = 1) => Interlocked.Add(ref _gaps, count);

    public void NodeLost() => Interlocked.Increment(ref _nodesLost);

    public void RequestSent() => Interlocked.Increment(ref _requestsSent);

    public void RequestReceived() => Interlocked.Increment(ref _requestsReceived);

    public void AnswerReceived() => Interlocked.Increment(ref _answersReceived);

    /// <summary>A request has been answered by all who were asked.</summary>
    public void RequestAnswered(TimeSpan elapsed)
    {
        Interlocked.Increment(ref _requestsAnswered);
        _resolveTime.Record(elapsed.TotalSeconds);
    }

    /// <summary>A request was not answered by all, or not in time.</summary>
    public void RequestUnanswered() => Interlocked.Increment(ref _requestsUnanswered);

    private static void Count(long[] messages, long[] totals, MessageKind kind, int bytes)
    {
        var index = kind switch
        {
            MessageKind.Event => 0,
            MessageKind.Delta or MessageKind.SnapshotRequest or MessageKind.Snapshot => 1,
            MessageKind.Heartbeat => 2,
            _ => 3,
        };
        Interlocked.Increment(ref messages[index]);
        Interlocked.Add(ref totals[index], bytes);
    }
}
