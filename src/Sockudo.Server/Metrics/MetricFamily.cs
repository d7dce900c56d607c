namespace Sockudo.Server.Metrics;

/// <summary>One family of metrics.md 3 and 4: what Prometheus is told and what the meter shows is both made of this.</summary>
internal sealed class MetricFamily
{
    /// <summary>A counter or a gauge.</summary>
    /// <param name="type">Which.</param>
    /// <param name="name">Name without prefix.</param>
    /// <param name="unit">UCUM code of the unit, for listeners of the meter; null for none.</param>
    /// <param name="help">One sentence.</param>
    /// <param name="read">Writes the values of now.</param>
    public MetricFamily(MetricType type, string name, string? unit, string help, Action<IReadOnlyList<AppReading>, SampleWriter> read)
    {
        (Type, Name, Unit, Help, Read) = (type, name, unit, help, read);
    }

    /// <summary>A histogram.</summary>
    /// <param name="name">Name without prefix.</param>
    /// <param name="unit">UCUM code of the unit.</param>
    /// <param name="help">One sentence.</param>
    /// <param name="histograms">The observations; null for none ever.</param>
    public MetricFamily(string name, string unit, string help, HistogramFamily? histograms)
        : this(MetricType.Histogram, name, unit, help, static (_, _) => { }) => Histograms = histograms;

    public MetricType Type { get; }

    public string Name { get; }

    public string? Unit { get; }

    public string Help { get; }

    /// <summary>Writes the values of now; nothing for a histogram. Safe from any thread.</summary>
    public Action<IReadOnlyList<AppReading>, SampleWriter> Read { get; }

    /// <summary>The observations of a histogram.</summary>
    public HistogramFamily? Histograms { get; }
}
