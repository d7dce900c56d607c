namespace Sockudo.Server.Metrics;

/// <summary>A histogram with fixed upper bounds; any thread adds to it without a lock.</summary>
/// <param name="bounds">Upper bounds in ascending order, in the unit of the family.</param>
internal sealed class Histogram(double[] bounds)
{
    private readonly long[] _counts = new long[bounds.Length + 1];

    // Millionths of the unit, so that adding is one instruction.
    private long _sum;

    public IReadOnlyList<double> Bounds => bounds;

    /// <summary>Sum of all observations, in the unit of the family.</summary>
    public double Sum => Volatile.Read(ref _sum) / 1e6;

    /// <summary>Observations up to the bound with this index that are above the one before; the last index has what is above all bounds.</summary>
    public long CountAt(int index) => Volatile.Read(ref _counts[index]);

    public void Record(double value)
    {
        var index = 0;
        while (index < bounds.Length && value > bounds[index])
            index++;
        Interlocked.Increment(ref _counts[index]);
        Interlocked.Add(ref _sum, (long)(value * 1e6));
    }
}
