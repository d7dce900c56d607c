using Sockudo.Protocol.Channels;

namespace Sockudo.Server.Metrics;

/// <summary>
/// Milliseconds from the acceptance of an event on this node to the last local recipient's queue, by kind of channel and
/// number of recipients. Safe from any thread.
/// </summary>
internal sealed class BroadcastLatency
{
    private static readonly string[] RecipientBuckets = ["xs", "sm", "md", "lg", "xl"];

    private readonly Lock _gate = new();

    // Made when first needed: most servers see few of the combinations.
    private readonly Histogram?[] _histograms = new Histogram?[ChannelKinds.Count * RecipientBuckets.Length];

    /// <summary>All that has been recorded.</summary>
    public HistogramFamily Family { get; } = new(0.5, 1, 2.5, 5, 10, 25, 50, 100, 250, 500, 1000, 2500, 5000);

    /// <summary>An event has been queued for its last recipient. Events without recipients are not recorded.</summary>
    public void Record(ChannelKind kind, int recipients, TimeSpan elapsed)
    {
        if (recipients == 0)
            return;
        var bucket = recipients switch { <= 10 => 0, <= 100 => 1, <= 1000 => 2, <= 10000 => 3, _ => 4 };
        var histogram = Volatile.Read(ref _histograms[((int)kind * RecipientBuckets.Length) + bucket]) ?? Create(kind, bucket);
        histogram.Record(elapsed.TotalMilliseconds);
    }

    private Histogram Create(ChannelKind kind, int bucket)
    {
        lock (_gate)
        {
            ref var slot = ref _histograms[((int)kind * RecipientBuckets.Length) + bucket];
            if (slot is null)
                Volatile.Write(ref slot, Family.Add(("channel_type", ChannelKinds.LabelOf(kind)), ("recipient_count_bucket", RecipientBuckets[bucket])));
            return slot!;
        }
    }
}
