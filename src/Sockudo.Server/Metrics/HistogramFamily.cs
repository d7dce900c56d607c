using System.Collections.Concurrent;

namespace Sockudo.Server.Metrics;

/// <summary>Histograms with the same bounds, one for each combination of label values that was met. Safe from any thread.</summary>
/// <param name="bounds">Upper bounds in ascending order, in the unit of the family.</param>
internal sealed class HistogramFamily(params double[] bounds)
{
    private readonly ConcurrentQueue<Histogram> _series = new();
    private volatile System.Diagnostics.Metrics.Histogram<double>? _instrument;

    /// <summary>From 5 ms to 10 s, for what is measured in seconds.</summary>
    public static double[] Seconds { get; } = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

    public IReadOnlyList<double> Bounds => bounds;

    public IEnumerable<Histogram> Series => _series;

    /// <summary>
    /// Gets every observation too, if somebody listens to it: unlike counters, histograms cannot be read by listeners of a meter,
    /// they must be told. Null until there is a meter.
    /// </summary>
    public System.Diagnostics.Metrics.Histogram<double>? Instrument
    {
        get => _instrument;
        set => _instrument = value;
    }

    /// <summary>Adds a histogram; the caller keeps it, and makes only one for the same labels.</summary>
    public Histogram Add(params (string Name, string Value)[] labels)
    {
        var histogram = new Histogram(this, labels);
        _series.Enqueue(histogram);
        return histogram;
    }
}
