namespace Sockudo.Server.Options;

/// <summary>Section <c>metrics.prometheus</c> of the configuration.</summary>
public sealed record MetricsPrometheusOptions
{
    /// <summary>Prefix of all families but those of process and runtime.</summary>
    public string Prefix { get; init; } = "sockudo_";
}
