using System.Numerics;

namespace Sockudo.Load.Metering;

/// <summary>
/// Latencies in microseconds, in logarithmic buckets with 32 steps each: exact below 64, within three per cent above, and no
/// memory per value.
/// </summary>
internal sealed class LatencyHistogram
{
    private const int StepBits = 5;
    private const int Steps = 1 << StepBits;

    private readonly long[] _counts = new long[64 * Steps];

    public long Count { get; private set; }

    public long Max { get; private set; }

    public void Record(long microseconds)
    {
        var value = Math.Max(0, microseconds);
        _counts[BucketOf(value)]++;
        Count++;
        Max = Math.Max(Max, value);
    }

    /// <summary>Microseconds below or at which this share of the values lies.</summary>
    public long Percentile(double share)
    {
        var wanted = Math.Max(1, (long)Math.Ceiling(Count * share));
        var seen = 0L;
        for (var bucket = 0; bucket < _counts.Length; bucket++)
        {
            seen += _counts[bucket];
            if (seen >= wanted)
                return Math.Min(Max, HighestOf(bucket));
        }

        return 0;
    }

    // Values below twice the steps have a bucket of their own; above, the highest six bits say which bucket.
    private static int BucketOf(long value)
    {
        var shift = Math.Max(0, BitOperations.Log2((ulong)value | 1) - StepBits);
        return (shift * Steps) + (int)(value >> shift);
    }

    private static long HighestOf(int bucket)
    {
        var shift = Math.Max(0, (bucket / Steps) - 1);
        return ((bucket - (shift * (long)Steps) + 1) << shift) - 1;
    }
}
