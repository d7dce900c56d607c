namespace Sockudo.Server.Options;

/// <summary>Section <c>http_api.accept_traffic</c> of the configuration.</summary>
public sealed record HttpApiAcceptTrafficOptions
{
    /// <summary>Share of the available memory above which new WebSockets get 4100 and <c>/up</c> answers 503; 1 = off.</summary>
    public double MemoryThreshold { get; init; } = 0.90;
}
