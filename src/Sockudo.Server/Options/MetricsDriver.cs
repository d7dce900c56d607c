namespace Sockudo.Server.Options;

/// <summary>Format of the metrics.</summary>
public enum MetricsDriver
{
    /// <summary><c>prometheus</c></summary>
    Prometheus,
}
