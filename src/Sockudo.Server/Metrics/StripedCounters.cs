using System.Numerics;

namespace Sockudo.Server.Metrics;

/// <summary>
/// A few counters that are written often and read seldom: every core adds to cells of its own, so that cores do not wait for
/// each other's cache lines, and a reader sums them. Safe from any thread; nothing is allocated after the constructor.
/// </summary>
internal sealed class StripedCounters
{
    // Two cache lines, because processors fetch lines in pairs.
    private const int PaddingCells = 16;

    // More cores than this share: what one app's counters take must stay small.
    private const int MaxStripes = 16;

    private static readonly int Stripes = (int)Math.Min(MaxStripes, BitOperations.RoundUpToPowerOf2((uint)Environment.ProcessorCount));

    private readonly int _stride;
    private readonly long[] _cells;

    /// <param name="count">How many counters there are.</param>
    public StripedCounters(int count)
    {
        _stride = (count + PaddingCells - 1) / PaddingCells * PaddingCells;
        // The first cells keep the array's own header away.
        _cells = new long[PaddingCells + (Stripes * _stride)];
    }

    public void Add(int index, long value)
    {
        var stripe = Thread.GetCurrentProcessorId() & (Stripes - 1);
        Interlocked.Add(ref _cells[PaddingCells + (stripe * _stride) + index], value);
    }

    /// <summary>The counter with this index, all cores together.</summary>
    public long Sum(int index)
    {
        var sum = 0L;
        for (var cell = PaddingCells + index; cell < _cells.Length; cell += _stride)
            sum += Volatile.Read(ref _cells[cell]);
        return sum;
    }
}
