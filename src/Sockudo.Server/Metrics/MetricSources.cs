using Sockudo.Server.Apps;
using Sockudo.Server.Cluster;
using Sockudo.Server.Webhooks;

namespace Sockudo.Server.Metrics;

/// <summary>Everything that metrics are read from.</summary>
/// <param name="Metrics">What the server counts.</param>
/// <param name="Version">Version of the program.</param>
/// <param name="Mode"><c>mode</c> of the configuration.</param>
internal sealed record MetricSources(ServerMetrics Metrics, string Version, string Mode)
{
    /// <summary>This node among others; null if it is by itself.</summary>
    public ClusterNode? Cluster { get; init; }

    /// <summary>Look-ups of apps in a database; null if the apps are in the configuration.</summary>
    public ResultCounters<AppLookupResult>? AppLookups { get; init; }

    /// <summary>Delivers webhooks; null if there is no queue.</summary>
    public WebhookPipeline? Webhooks { get; init; }

    /// <summary>The components, their drivers, and whether they are up.</summary>
    public IReadOnlyList<(string Component, string Driver, Func<bool> IsUp)> Backends { get; init; } = [];

    /// <summary>End of validity of the certificate in use; null without TLS.</summary>
    public Func<DateTimeOffset?> CertificateExpires { get; init; } = static () => null;
}
