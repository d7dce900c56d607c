using System.Globalization;
using Sockudo.Load.Metering;

namespace Sockudo.Load.Reports;

/// <summary>What one round has shown: its figures, and what went wrong.</summary>
internal sealed class RoundResult
{
    public List<Figure> Figures { get; } = [];

    /// <summary>Losses, duplicates, wrong orders and whatever else must not be.</summary>
    public List<string> Faults { get; } = [];

    public void Add(string name, double value, string unit) => Figures.Add(new Figure(name, value, unit));

    /// <summary>Adds the usual percentiles.</summary>
    public void AddLatency(string name, LatencyHistogram latency)
    {
        Add($"{name} p50", latency.Percentile(0.5), "us");
        Add($"{name} p90", latency.Percentile(0.9), "us");
        Add($"{name} p99", latency.Percentile(0.99), "us");
        Add($"{name} p99.9", latency.Percentile(0.999), "us");
        Add($"{name} max", latency.Max, "us");
    }

    /// <summary>Adds a count that must be zero.</summary>
    public void AddFault(string name, long count)
    {
        Add(name, count, "");
        if (count != 0)
            Faults.Add(string.Create(CultureInfo.InvariantCulture, $"{name}: {count}"));
    }

    public Figure Figure(string name) => Figures.Single(figure => figure.Name == name);
}
