namespace Sockudo.Server.Options;

/// <summary>Section <c>metrics</c> of the configuration.</summary>
public sealed record MetricsOptions
{
    /// <summary>Second listener with <c>GET /metrics</c>.</summary>
    public bool Enabled { get; init; } = true;

    /// <summary>Format of the metrics.</summary>
    public MetricsDriver Driver { get; init; }

    /// <summary>Address of the metrics listener, as <c>host</c>.</summary>
    public string Host { get; init; } = "0.0.0.0";

    /// <summary>Port of the metrics listener; plain HTTP.</summary>
    public int Port { get; init; } = 9601;

    /// <summary>Section <c>metrics.prometheus</c>.</summary>
    public MetricsPrometheusOptions Prometheus { get; init; } = new();
}
