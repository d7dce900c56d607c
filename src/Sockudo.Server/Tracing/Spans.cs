using System.Diagnostics;
using System.Globalization;
using Microsoft.AspNetCore.Http;
using Sockudo.Server.Apps;
using Sockudo.Server.Http;
using Sockudo.Server.Webhooks;

namespace Sockudo.Server.Tracing;

/// <summary>
/// Spans for OpenTelemetry: requests to the HTTP API and attempts to deliver webhooks. They say which route, app and outcome;
/// never a path, query string, URL, header or body. Without a listener none is made, and nothing is allocated.
/// </summary>
internal static class Spans
{
    /// <summary>Name of the source, for listeners.</summary>
    public const string SourceName = "Sockudo";

    private static readonly ActivitySource Source = new(SourceName, typeof(Spans).Assembly.GetName().Version!.ToString(3));

    /// <summary>
    /// Begins the span of a request to the HTTP API, as a child of what its <c>traceparent</c> names (W3C Trace Context). Null for
    /// other requests, and if nobody listens.
    /// </summary>
    public static Activity? StartRequest(HttpRequest request, in Route route)
    {
        if (!route.IsApi || !Source.HasListeners())
            return null;
        // A host that embeds the server may have a span of the request already, which has that parent.
        var parent = default(ActivityContext);
        if (Activity.Current is null)
            _ = ActivityContext.TryParse(request.Headers.TraceParent, request.Headers.TraceState, isRemote: true, out parent);
        var method = request.Method is "GET" or "POST" or "HEAD" or "OPTIONS" ? request.Method : "_OTHER";
        var span = Source.StartActivity(
            ActivityKind.Server,
            parent,
            [new("http.request.method", method), new("http.route", route.Template), new("url.scheme", request.Scheme)],
            name: $"{(method == "_OTHER" ? "HTTP" : method)} {route.Template}");
        if (route.AppId.Length > 0)
            span?.SetTag("sockudo.app_id", route.AppId);
        return span;
    }

    /// <summary>The request has been answered.</summary>
    public static void EndRequest(Activity? span, int status)
    {
        if (span is null)
            return;
        span.SetTag("http.response.status_code", status);
        if (status >= 500)
            Fail(span, status.ToString(CultureInfo.InvariantCulture));
        span.Dispose();
    }

    /// <summary>Begins the span of one attempt to deliver a webhook; null if nobody listens.</summary>
    /// <param name="app">Whose webhook.</param>
    /// <param name="target"><c>http</c> or <c>lambda</c>.</param>
    /// <param name="attempt">1 for the first.</param>
    public static Activity? StartDelivery(App app, string target, int attempt)
    {
        if (!Source.HasListeners())
            return null;
        return Source.StartActivity(
            ActivityKind.Client,
            tags: [new("sockudo.app_id", app.Id), new("sockudo.webhook.target", target), new("sockudo.webhook.attempt", attempt)],
            name: "webhook delivery");
    }

    /// <summary>The attempt has ended.</summary>
    public static void EndDelivery(Activity? span, WebhookAnswer answer)
    {
        if (span is null)
            return;
        span.SetTag("sockudo.webhook.outcome", answer.IsSuccess ? "success" : "failure");
        if (answer.Status is { } status)
            span.SetTag("http.response.status_code", status);
        if (!answer.IsSuccess)
            Fail(span, answer.Status?.ToString(CultureInfo.InvariantCulture) ?? "no_answer");
        span.Dispose();
    }

    /// <summary>What a request to somebody else carries so that its spans become children of the one of here; null if there is none.</summary>
    public static (string TraceParent, string? TraceState)? Current =>
        Activity.Current is { IdFormat: ActivityIdFormat.W3C, Id: { } id } span ? (id, span.TraceStateString) : null;

    private static void Fail(Activity span, string type) => span.SetTag("error.type", type).SetStatus(ActivityStatusCode.Error);
}
