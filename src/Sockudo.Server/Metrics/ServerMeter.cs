using System.Diagnostics.Metrics;

namespace Sockudo.Server.Metrics;

/// <summary>
/// The same families as instruments of one <see cref="Meter"/>, for OpenTelemetry and tools like <c>dotnet-counters</c>: names
/// and labels are those of Prometheus, without the label <c>port</c>. Counters and gauges are read when somebody collects them;
/// histograms are fed only while somebody listens.
/// </summary>
internal sealed class ServerMeter : IDisposable
{
    /// <summary>Name of the meter.</summary>
    public const string Name = "Sockudo";

    private readonly MetricFamilies _families;
    private readonly Meter _meter;

    /// <param name="families">What there is of this server.</param>
    /// <param name="prefix">In front of their names.</param>
    /// <param name="version">Version of the program.</param>
    public ServerMeter(MetricFamilies families, string prefix, string version)
    {
        _families = families;
        _meter = new Meter(new MeterOptions(Name) { Version = version });
        foreach (var family in families.All)
        {
            var name = prefix + family.Name;
            if (family.Type == MetricType.Counter)
                _meter.CreateObservableCounter(name, () => Measure(family), family.Unit, family.Help);
            else if (family.Type == MetricType.Gauge)
                _meter.CreateObservableGauge(name, () => Measure(family), family.Unit, family.Help);
            else if (family.Histograms is { } histograms)
                histograms.Instrument = CreateHistogram(name, family, histograms.Bounds);
        }
    }

    public void Dispose() => _meter.Dispose();

    private Histogram<double> CreateHistogram(string name, MetricFamily family, IReadOnlyList<double> bounds) =>
        _meter.CreateHistogram(name, family.Unit, family.Help, tags: null, new InstrumentAdvice<double> { HistogramBucketBoundaries = bounds });

    private List<Measurement<double>> Measure(MetricFamily family)
    {
        var measurements = new List<Measurement<double>>();
        family.Read(_families.ReadApps(), (value, labels) =>
        {
            var tags = new KeyValuePair<string, object?>[labels.Length];
            for (var i = 0; i < tags.Length; i++)
                tags[i] = new(labels[i].Name, labels[i].Value);
            measurements.Add(new Measurement<double>(value, tags));
        });
        return measurements;
    }
}
