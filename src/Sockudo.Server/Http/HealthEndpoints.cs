using Sockudo.Server.Apps;
using Sockudo.Server.Health;
using Sockudo.Server.Options;

namespace Sockudo.Server.Http;

/// <summary><c>/live</c>, <c>/up</c>, <c>/up/{app_id}</c> and <c>/usage</c> (operations.md 1).</summary>
internal sealed class HealthEndpoints(NodeHealth health, AppRegistry apps, SockudoOptions options)
{
    private static readonly string[] Backends = ["app_manager", "cache", "queue", "rate_limiter"];

    private const string StatusHeader = "X-Health-Check";

    private static readonly ApiResponse Healthy = PlainOk with { Headers = [new(StatusHeader, "OK")] };

    private static readonly ApiResponse Degraded = PlainOk with { Headers = [new(StatusHeader, "DEGRADED")] };

    private static ApiResponse PlainOk => new(200, "OK"u8.ToArray()) { ContentType = "text/plain; charset=utf-8" };

    /// <summary>200 as long as the process serves requests.</summary>
    public ApiResponse Live { get; } = PlainOk;

    /// <summary>Whether the node should get traffic.</summary>
    public ApiResponse Up() => health switch { { IsReady: false } => Unhealthy(), { IsDegraded: true } => Degraded, _ => Healthy };

    /// <summary>The same, and the app must be known, enabled or not.</summary>
    public async Task<ApiResponse> UpAsync(string appId, CancellationToken cancellationToken)
    {
        if (!health.IsReady)
            return Unhealthy();
        try
        {
            var app = await apps.FindByIdAsync(appId, cancellationToken).ConfigureAwait(false);
            return app is null ? ApiResponse.Error(404, $"No application with id '{Protocol.PusherError.Shorten(appId)}'") : Up();
        }
        catch (AppStoreUnavailableException)
        {
            return ApiResponse.Error(503, "The app store cannot be reached");
        }
    }

    /// <summary>Memory in bytes.</summary>
    public ApiResponse Usage()
    {
        if (!options.HttpApi.UsageEnabled)
            return ApiResponse.Error(404, "Not found");
        var memory = health.Memory.Read();
        return ApiResponse.Json(200, writer =>
        {
            writer.WriteStartObject();
            writer.WriteStartObject("memory"u8);
            writer.WriteNumber("free"u8, memory.Free);
            writer.WriteNumber("used"u8, memory.Used);
            writer.WriteNumber("total"u8, memory.Total);
            writer.WriteNumber("percent"u8, Math.Round(100m * memory.Used / Math.Max(1, memory.Total), 2));
            writer.WriteEndObject();
            writer.WriteEndObject();
        });
    }

    private ApiResponse Unhealthy() => ApiResponse.Json(503, writer =>
    {
        writer.WriteStartObject();
        writer.WriteString("error"u8, "unhealthy");
        writer.WriteStartObject("checks"u8);
        writer.WriteString("adapter"u8, health.Adapter);
        foreach (var component in Backends)
            writer.WriteString(component, health.StateOf(component));
        writer.WriteString("memory"u8, health.IsOverMemoryThreshold ? "over_threshold" : "ok");
        writer.WriteBoolean("draining"u8, health.IsDraining);
        writer.WriteEndObject();
        writer.WriteEndObject();
    }) with
    { Headers = [new(StatusHeader, "ERROR")] };
}
