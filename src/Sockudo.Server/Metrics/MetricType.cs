namespace Sockudo.Server.Metrics;

/// <summary>What the values of a family are.</summary>
internal enum MetricType
{
    /// <summary>Only grows while the process lives.</summary>
    Counter,

    /// <summary>Is what it is just now.</summary>
    Gauge,

    /// <summary>Observations counted by size.</summary>
    Histogram,
}
