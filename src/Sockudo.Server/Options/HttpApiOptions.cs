namespace Sockudo.Server.Options;

/// <summary>Section <c>http_api</c> of the configuration.</summary>
public sealed record HttpApiOptions
{
    /// <summary>MiB of a request's body (G-8).</summary>
    public int RequestLimitInMb { get; init; } = 10;

    /// <summary>Section <c>http_api.accept_traffic</c>.</summary>
    public HttpApiAcceptTrafficOptions AcceptTraffic { get; init; } = new();

    /// <summary>False: <c>/usage</c> is 404.</summary>
    public bool UsageEnabled { get; init; } = true;
}
