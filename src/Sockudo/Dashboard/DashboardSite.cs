using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;
using Sockudo.Protocol.Signatures;
using Sockudo.Server.Apps;
using Sockudo.Server.Backends;
using Sockudo.Server.Cluster;
using Sockudo.Server.Http;

namespace Sockudo.Dashboard;

/// <summary>Answers every request of the dashboard's listener: the page's files, and under <c>/api/v1/</c> the admin API, whose client the page is.</summary>
internal sealed partial class DashboardSite(DashboardAccess access, AdminApi api, ILogger logger) : IDisposable
{
    private const string ApiPrefix = "/api/v1/";

    private static readonly ApiResponse NotFound = ApiResponse.Error(404, "Not found");

    // Scripts, styles and requests of this origin only, nothing inline, in nobody's frame; text becomes markup nowhere.
    private const string ContentSecurityPolicy =
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; "
        + "require-trusted-types-for 'script'; trusted-types 'none'";

    /// <summary>Answers one request. Throws only what the connection's own end makes it throw.</summary>
    public async Task HandleAsync(HttpContext context)
    {
        AddHeaders(context.Response.Headers);
        var target = context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;
        var question = target.IndexOf('?', StringComparison.Ordinal);
        var path = question < 0 ? target : target[..question];
        ApiResponse? response;
        try
        {
            if (access.CheckHost(context) is { } refusal)
                response = refusal;
            else if (path.StartsWith(ApiPrefix, StringComparison.Ordinal))
                response = await AnswerApiAsync(context, path[ApiPrefix.Length..], RequestQuery.Parse(question < 0 ? default : target.AsMemory(question + 1))).ConfigureAwait(false);
            else
                response = AnswerFile(context, path);
        }
        catch (Exception exception) when (exception is AppStoreUnavailableException or ClusterUnavailableException or BackendException)
        {
            response = ApiResponse.Error(503, exception.Message);
        }
        catch (BadHttpRequestException exception)
        {
            response = ApiResponse.Error(exception.StatusCode, exception.Message) with { ClosesConnection = true };
        }
        catch (Exception exception) when (!context.RequestAborted.IsCancellationRequested)
        {
            LogFailed(logger, context.Request.Method, exception);
            response = ApiResponse.InternalError;
        }

        if (response is not null)
            await WriteAsync(context, response).ConfigureAwait(false);
    }

    public void Dispose() => access.Dispose();

    // Null if it has been answered already.
    private ValueTask<ApiResponse?> AnswerApiAsync(HttpContext context, string path, RequestQuery query)
    {
        context.Response.Headers.CacheControl = "no-store";
        if (DashboardAccess.CheckSite(context) is { } foreign)
            return new(foreign);
        if (path == "session")
            return AnswerSessionAsync(context);
        return access.CheckCaller(context) is { } refusal ? new(refusal) : api.AnswerAsync(context, path, query);
    }

    private async ValueTask<ApiResponse?> AnswerSessionAsync(HttpContext context)
    {
        switch (context.Request.Method)
        {
            case "GET" or "HEAD":
                return api.DescribeSession(access.NeedsSignIn, access.CheckCaller(context) is null);
            case "POST":
                using (var body = await AdminApi.ReadBodyAsync(context, limit: 4096).ConfigureAwait(false))
                    return body is not null && PasswordIn(body.Bytes) is { } shown ? access.SignIn(context, shown) : ApiResponse.Error(400, """Expected {"password":"…"}""");
            case "DELETE":
                return access.SignOut(context);
            default:
                return AdminApi.NotAllowed("GET, HEAD, POST, DELETE");
        }
    }

    private static string? PasswordIn(ReadOnlyMemory<byte> body)
    {
        try
        {
            using var document = JsonDocument.Parse(body);
            return document.RootElement is { ValueKind: JsonValueKind.Object } json && json.TryGetProperty("password"u8, out var password) && password.ValueKind == JsonValueKind.String
                ? password.GetString()
                : null;
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            return null;
        }
    }

    private static ApiResponse AnswerFile(HttpContext context, string path)
    {
        if (PageFiles.Find(path) is not { } file)
            return NotFound;
        if (context.Request.Method is not ("GET" or "HEAD"))
            return AdminApi.NotAllowed("GET, HEAD");
        var headers = context.Response.Headers;
        headers.ETag = file.Tag;
        headers.CacheControl = "no-cache";
        return context.Request.Headers.IfNoneMatch == file.Tag
            ? new ApiResponse(304, default)
            : new ApiResponse(200, file.Bytes) { ContentType = file.ContentType };
    }

    private static void AddHeaders(IHeaderDictionary headers)
    {
        headers.ContentSecurityPolicy = ContentSecurityPolicy;
        headers.XContentTypeOptions = "nosniff";
        headers.XFrameOptions = "DENY";
        headers["Referrer-Policy"] = "no-referrer";
        headers["Cross-Origin-Opener-Policy"] = "same-origin";
        headers["Cross-Origin-Resource-Policy"] = "same-origin";
    }

    private static async ValueTask WriteAsync(HttpContext context, ApiResponse response)
    {
        var target = context.Response;
        if (target.HasStarted)
            return;
        target.StatusCode = response.Status;
        foreach (var (name, value) in response.Headers)
            target.Headers[name] = value;
        if (response.ClosesConnection)
            target.Headers.Connection = "close";
        if (response.Status is 204 or 304)
            return;
        target.Headers.ContentLength = response.Body.Length;
        target.Headers.ContentType = response.ContentType;
        if (context.Request.Method != "HEAD")
            await target.BodyWriter.WriteAsync(response.Body, context.RequestAborted).ConfigureAwait(false);
    }

    [LoggerMessage(1, LogLevel.Error, "a request to the dashboard could not be answered  method={Method}")]
    private static partial void LogFailed(ILogger logger, string method, Exception exception);
}
