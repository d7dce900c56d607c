using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Http;
using Sockudo.Protocol.Signatures;
using Sockudo.Server.Http;

namespace Sockudo.Dashboard;

/// <summary>The admin API (docs/dashboard.md): finds the endpoint of a path for a caller who may use it.</summary>
internal sealed class AdminApi(NodeEndpoints node, AppEndpoints apps, WebhookEndpoints webhooks, TailEndpoint tail)
{
    private const int DefaultLimit = 50;
    private const int MaxLimit = 500;

    private static readonly ApiResponse NotFound = ApiResponse.Error(404, "Not found");

    /// <summary>Answers one request; null if it has been answered already.</summary>
    /// <param name="context">The request.</param>
    /// <param name="path">Raw path without what all have in common.</param>
    /// <param name="query">The query.</param>
    public ValueTask<ApiResponse?> AnswerAsync(HttpContext context, string path, RequestQuery query)
    {
        string[] segments = [.. path.Split('/').Select(static segment => Uri.UnescapeDataString(segment))];
        return segments switch
        {
            ["overview"] => On(context, "GET", () => new(node.Overview())),
            ["cluster"] => On(context, "GET", () => new(node.Cluster())),
            ["events"] => On(context, "GET", () => tail.RunAsync(context, query)),
            ["apps"] => On(context, "GET", () => apps.ListAsync(context.RequestAborted)),
            ["apps", { Length: > 0 } app, .. var rest] => AnswerAppAsync(context, app, rest, query),
            ["webhooks"] => On(context, "GET", () => new(webhooks.Describe())),
            ["webhooks", "dead-letters", .. var rest] => AnswerDeadLettersAsync(context, rest, query),
            _ => new(NotFound),
        };
    }

    /// <summary>What the page must know before it knows anything else.</summary>
    public ApiResponse DescribeSession(bool needsSignIn, bool isSignedIn) => node.Session(needsSignIn, isSignedIn);

    /// <summary>A document as an answer.</summary>
    public static ApiResponse Json<T>(T document, JsonTypeInfo<T> type) => new(200, JsonSerializer.SerializeToUtf8Bytes(document, type));

    /// <summary>The endpoint knows other methods only.</summary>
    public static ApiResponse NotAllowed(string allowed) => ApiResponse.Error(405, "Method not allowed") with { Headers = [new("Allow", allowed)] };

    /// <summary>The body of a request; null if it has more bytes than allowed.</summary>
    public static ValueTask<RequestBody?> ReadBodyAsync(HttpContext context, long limit) =>
        context.Request.ContentLength > limit ? default : RequestBody.ReadAsync(context.Request.BodyReader, limit, context.RequestAborted);

    /// <summary>Reads <c>limit</c>; null with a refusal if it is not acceptable.</summary>
    public static int? LimitOf(RequestQuery query, out ApiResponse refusal)
    {
        refusal = ApiResponse.Error(400, $"limit must be a whole number from 1 to {MaxLimit}");
        if (query.Find("limit") is not { } text)
            return DefaultLimit;
        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var limit) && limit is >= 1 and <= MaxLimit ? limit : null;
    }

    private ValueTask<ApiResponse?> AnswerAppAsync(HttpContext context, string app, string[] segments, RequestQuery query)
    {
        var aborted = context.RequestAborted;
        return segments switch
        {
            [] => On(context, "GET", () => apps.DescribeAsync(app, aborted)),
            ["events"] => On(context, "POST", () => apps.PublishAsync(context, app)),
            ["channels"] => On(context, "GET", () => apps.ChannelsAsync(app, query, aborted)),
            ["channels", { Length: > 0 } channel] => On(context, "GET", () => apps.ChannelAsync(app, channel, aborted)),
            ["channels", { Length: > 0 } channel, "members"] => On(context, "GET", () => apps.MembersAsync(app, channel, query, aborted)),
            ["connections"] => On(context, "GET", () => apps.ConnectionsAsync(app, query, aborted)),
            ["connections", { Length: > 0 } socket] => On(context, "GET", () => apps.ConnectionAsync(app, socket, aborted)),
            ["connections", { Length: > 0 } socket, "channels"] => On(context, "GET", () => apps.ChannelsOfAsync(app, socket, query, aborted)),
            ["connections", { Length: > 0 } socket, "terminate"] => On(context, "POST", () => apps.TerminateAsync(context, app, socket)),
            _ => new(NotFound),
        };
    }

    private ValueTask<ApiResponse?> AnswerDeadLettersAsync(HttpContext context, string[] segments, RequestQuery query) => segments switch
    {
        [] when HttpMethods.IsDelete(context.Request.Method) => webhooks.DropAsync(context, jobId: null),
        [] => On(context, "GET", () => webhooks.DeadLettersAsync(query, context.RequestAborted), "GET, HEAD, DELETE"),
        ["retry"] => On(context, "POST", () => webhooks.RetryAsync(context, jobId: null)),
        [{ Length: > 0 } job] => On(context, "DELETE", () => webhooks.DropAsync(context, job)),
        [{ Length: > 0 } job, "retry"] => On(context, "POST", () => webhooks.RetryAsync(context, job)),
        _ => new(NotFound),
    };

    private static ValueTask<ApiResponse?> On(HttpContext context, string method, Func<ValueTask<ApiResponse?>> answer, string? allowed = null)
    {
        var asked = context.Request.Method;
        return asked == method || (method == "GET" && asked == "HEAD") ? answer() : new(NotAllowed(allowed ?? (method == "GET" ? "GET, HEAD" : method)));
    }
}
