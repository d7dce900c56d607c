using Sockudo.Protocol.Channels;

namespace Sockudo.Server.Metrics;

/// <summary>
/// Time from the acceptance of an event on this node to the last local recipient's queue, by kind of channel and number of
/// recipients.
/// </summary>
internal sealed class BroadcastLatency
{
    /// <summary>Milliseconds.</summary>
    private static readonly double[] Bounds = [0.5, 1, 2.5, 5, 10, 25, 50, 100, 250, 500, 1000, 2500, 5000];

    // Created when first needed: most servers see few of the combinations.
    private readonly Histogram?[] _histograms = new Histogram?[32 * RecipientBuckets.Count];

    /// <summary>Label values of <c>recipient_count_bucket</c>.</summary>
    public static IReadOnlyList<string> RecipientBuckets { get; } = ["xs", "sm", "md", "lg", "xl"];

    /// <summary>An event has been queued for its last recipient. Events without recipients are not recorded.</summary>
    public void Record(ChannelKind kind, int recipients, TimeSpan elapsed)
    {
        if (recipients == 0)
            return;
        var bucket = recipients switch { <= 10 => 0, <= 100 => 1, <= 1000 => 2, <= 10000 => 3, _ => 4 };
        ref var slot = ref _histograms[((int)kind * RecipientBuckets.Count) + bucket];
        var histogram = Volatile.Read(ref slot);
        if (histogram is null)
        {
            var created = new Histogram(Bounds);
            histogram = Interlocked.CompareExchange(ref slot, created, null) ?? created;
        }

        histogram.Record(elapsed.TotalMilliseconds);
    }

    /// <summary>What has been recorded.</summary>
    public IEnumerable<(ChannelKind Kind, string Bucket, Histogram Histogram)> Recorded()
    {
        for (var index = 0; index < _histograms.Length; index++)
        {
            if (Volatile.Read(ref _histograms[index]) is { } histogram)
                yield return ((ChannelKind)(index / RecipientBuckets.Count), RecipientBuckets[index % RecipientBuckets.Count], histogram);
        }
    }
}
