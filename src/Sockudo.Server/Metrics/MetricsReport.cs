namespace Sockudo.Server.Metrics;

/// <summary>All metrics as text for Prometheus (metrics.md 1). Safe from any thread.</summary>
/// <param name="families">What there is of this server.</param>
/// <param name="prefix">In front of their names.</param>
/// <param name="port">Value of the constant label <c>port</c>.</param>
internal sealed class MetricsReport(MetricFamilies families, string prefix, string port)
{
    /// <summary>Everything as of now.</summary>
    public string Write()
    {
        var writer = new PrometheusWriter(prefix, port);
        SampleWriter write = (value, labels) => writer.Sample(value, labels);
        var apps = families.ReadApps();
        foreach (var family in families.All)
        {
            writer.Family(family);
            family.Read(apps, write);
            foreach (var histogram in family.Histograms?.Series ?? [])
                writer.Histogram(family.Histograms!.Bounds, histogram);
        }

        ProcessMetrics.Write(writer);
        return writer.ToString();
    }
}
