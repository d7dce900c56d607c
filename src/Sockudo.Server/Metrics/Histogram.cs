using System.Diagnostics;

namespace Sockudo.Server.Metrics;

/// <summary>One histogram of a family; any thread adds to it without a lock.</summary>
internal sealed class Histogram
{
    // The sum is kept in millionths of the unit, so that adding is one instruction.
    private const double SumScale = 1e6;

    private readonly HistogramFamily _family;
    private readonly StripedCounters _counts;
    private readonly TagList _tags;

    /// <param name="family">Has the bounds.</param>
    /// <param name="labels">Values of the family's labels.</param>
    public Histogram(HistogramFamily family, params (string Name, string Value)[] labels)
    {
        _family = family;
        Labels = labels;
        _counts = new StripedCounters(family.Bounds.Count + 2);
        foreach (var (name, value) in labels)
            _tags.Add(name, value);
    }

    public IReadOnlyList<(string Name, string Value)> Labels { get; }

    /// <summary>Sum of all observations, in the unit of the family.</summary>
    public double Sum => _counts.Sum(SumIndex) / SumScale;

    private int SumIndex => _family.Bounds.Count + 1;

    /// <summary>Observations up to the bound with this index that are above the one before; the last index has what is above all bounds.</summary>
    public long CountAt(int index) => _counts.Sum(index);

    /// <param name="value">In the unit of the family.</param>
    public void Record(double value)
    {
        var bounds = _family.Bounds;
        var index = 0;
        while (index < bounds.Count && value > bounds[index])
            index++;
        _counts.Add(index, 1);
        _counts.Add(SumIndex, (long)(value * SumScale));
        if (_family.Instrument is { Enabled: true } instrument)
            instrument.Record(value, _tags);
    }
}
