using System.Numerics;

namespace Sockudo.Load.Metering;

/// <summary>Latencies in logarithmic buckets with 16 steps each: three per cent of error, no memory per value.</summary>
internal sealed class LatencyHistogram
{
    private readonly long[] _counts = new long[64 * 16];

    public long Count { get; private set; }

    public long Max { get; private set; }

    /// <summary>Adds a latency in microseconds.</summary>
    public void Record(long microseconds)
    {
        var value = Math.Max(1, microseconds);
        var magnitude = BitOperations.Log2((ulong)value);
        var step = magnitude < 4 ? 0 : (int)((value >> (magnitude - 4)) & 15);
        _counts[(magnitude * 16) + step]++;
        Count++;
        Max = Math.Max(Max, value);
    }

    /// <summary>Microseconds below which this share of the values lies.</summary>
    public long Percentile(double share)
    {
        var wanted = (long)Math.Ceiling(Count * share);
        var seen = 0L;
        for (var bucket = 0; bucket < _counts.Length; bucket++)
        {
            seen += _counts[bucket];
            if (seen >= wanted && seen > 0)
            {
                var (magnitude, step) = (bucket / 16, bucket % 16);
                return magnitude < 4 ? 1L << magnitude : (1L << magnitude) + ((long)step << (magnitude - 4));
            }
        }

        return 0;
    }
}
