using System.Globalization;
using System.IO.Pipelines;
using System.Text.Unicode;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;
using Sockudo.Protocol;
using Sockudo.Protocol.Channels;
using Sockudo.Protocol.Signatures;
using Sockudo.Server.Apps;
using Sockudo.Server.Caching;
using Sockudo.Server.Channels;
using Sockudo.Server.Cluster;
using Sockudo.Server.Health;
using Sockudo.Server.Limits;
using Sockudo.Server.Metrics;
using Sockudo.Server.Options;
using Sockudo.Server.Tracing;

namespace Sockudo.Server.Http;

/// <summary>
/// Answers every HTTP request of the main listener that opens no WebSocket: routing on the raw target, limits,
/// authentication (section 14), the endpoints (section 15), and the rules that hold for every answer (14.2).
/// </summary>
internal sealed partial class HttpApi
{
    private static readonly ApiResponse NotFound = ApiResponse.Error(404, "Not found");
    private static readonly ApiResponse Disabled = ApiResponse.Error(403, "Application disabled");
    private static readonly ApiResponse NotUtf8 = ApiResponse.Error(400, "The body must be UTF-8"); // G-3

    private readonly AppRegistry _apps;
    private readonly Publisher _publisher;
    private readonly ServerMetrics _metrics;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly AddressLimiter _addressLimiter;
    private readonly AppRates _rates;
    private readonly EventEndpoints _events;
    private readonly ChannelEndpoints _channels;
    private readonly HealthEndpoints _health;
    private readonly Cors _cors;
    private readonly string _prefix;
    private readonly int _trustHops;
    private readonly long _bodyLimit;

    public HttpApi(
        SockudoOptions options, string prefix, AppRegistry apps, Hub hub, Publisher publisher, IEventCache cache, IRateLimiter limiter,
        NodeHealth health, ServerMetrics metrics, TimeProvider time, ILogger logger)
    {
        _apps = apps;
        _publisher = publisher;
        _metrics = metrics;
        _time = time;
        _logger = logger;
        _addressLimiter = AddressLimiter.ForApi(limiter, options, metrics.NoApp);
        _rates = new AppRates(limiter);
        _events = new EventEndpoints(hub, publisher, _rates);
        _channels = new ChannelEndpoints(hub, cache);
        _health = new HealthEndpoints(health, apps, options);
        _cors = new Cors(options.Cors);
        _prefix = prefix;
        _trustHops = options.RateLimiter.ApiRateLimit.TrustHops;
        _bodyLimit = options.HttpApi.RequestLimitInMb * 1024L * 1024;
    }

    /// <summary>Answers one request. Throws only what the connection's own end makes it throw.</summary>
    /// <param name="context">The request.</param>
    /// <param name="rawTarget">The request target as sent.</param>
    public async Task HandleAsync(HttpContext context, string rawTarget)
    {
        var started = _time.GetTimestamp();
        var question = rawTarget.IndexOf('?', StringComparison.Ordinal);
        var path = question < 0 ? rawTarget : rawTarget[..question];
        var route = Route.Match(path, _prefix);
        // The body is limited by ReadBodyAsync, which answers as the protocol wants it.
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false, MaxRequestBodySize: not null } sizeLimit)
            sizeLimit.MaxRequestBodySize = null;
        _cors.Add(context.Request, context.Response.Headers);

        using var span = Spans.StartRequest(context.Request, route);
        ApiResponse response;
        try
        {
            var query = RequestQuery.Parse(question < 0 ? default : rawTarget.AsMemory(question + 1));
            response = await AnswerAsync(context, route, path, query).ConfigureAwait(false);
        }
        catch (AppStoreUnavailableException)
        {
            response = ApiResponse.Error(503, "The app store cannot be reached");
        }
        catch (ClusterUnavailableException exception)
        {
            response = ApiResponse.Error(503, exception.Message);
        }
        catch (BadHttpRequestException exception)
        {
            response = ApiResponse.Error(exception.StatusCode, exception.Message) with { ClosesConnection = true };
        }
        catch (Exception exception) when (!context.RequestAborted.IsCancellationRequested)
        {
            LogFailed(_logger, route.Template, RequestId.Of(context), exception);
            response = ApiResponse.InternalError;
        }

        await WriteAsync(context, response).ConfigureAwait(false);
        Spans.EndRequest(span, response.Status);
        var elapsed = _time.GetElapsedTime(started);
        _metrics.Http.Record(route.Template, context.Request.Method, response.Status, elapsed);
        if (_logger.IsEnabled(LogLevel.Debug))
            LogAnswered(_logger, context.Request.Method, path, response.Status, elapsed.TotalMilliseconds, RequestId.Of(context));
    }

    private ValueTask<ApiResponse> AnswerAsync(HttpContext context, Route route, string path, RequestQuery query)
    {
        var method = context.Request.Method;
        if (route.Endpoint == Endpoint.None)
            return new(NotFound);
        if (method == "OPTIONS")
        {
            // G-10: "answered as configured, without authentication, and never executes".
            if (Cors.IsPreflight(context.Request))
                _cors.AddPreflight(context.Response.Headers);
            return new(new ApiResponse(204, default) { Headers = [new("Allow", route.Allow)] });
        }

        if (!route.Allows(method))
            return new(ApiResponse.Error(405, "Method not allowed") with { Headers = [new("Allow", route.Allow)] });
        return route.Endpoint switch
        {
            // C-2d.
            Endpoint.WebSocket => new(NoUpgrade.Answer(context.Request)),
            Endpoint.Live => new(_health.Live),
            Endpoint.Up => new(_health.Up()),
            Endpoint.UpApp => new(_health.UpAsync(route.AppId, context.RequestAborted)),
            Endpoint.Usage => new(_health.Usage()),
            Endpoint.OpenApi => new(OpenApiDocument.Answer),
            _ => AnswerApiAsync(context, route, path, query),
        };
    }

    // Per-address limit, app, signature, body, app enabled, then the endpoint. Nobody makes the server keep a body who has not signed for it.
    private async ValueTask<ApiResponse> AnswerApiAsync(HttpContext context, Route route, string path, RequestQuery query)
    {
        var aborted = context.RequestAborted;
        if (await CheckAddressAsync(context, aborted).ConfigureAwait(false) is { } limited)
            return Counted(_metrics.NoApp, limited, 0);

        var app = route.Endpoint == Endpoint.TerminateConnectionsByKey
            ? await _apps.FindByKeyAsync(query.Find("auth_key") ?? "", aborted).ConfigureAwait(false)
            : await _apps.FindByIdAsync(route.AppId, aborted).ConfigureAwait(false);
        if (app is null)
        {
            return Counted(_metrics.NoApp, route.Endpoint == Endpoint.TerminateConnectionsByKey
                ? ApiResponse.Error(401, query.Find("auth_key") is null ? "Missing parameter: auth_key" : "Unknown auth_key")
                : ApiResponse.Error(404, $"No application with id '{PusherError.Shorten(route.AppId)}'"), 0);
        }

        if (context.Request.ContentLength > _bodyLimit)
            return Counted(app.Counters, TooLarge(), _bodyLimit);
        if (RequestSignature.Check(context.Request.Method, path, _prefix, query, app.App.Key, app.SigningKey, _time.GetUtcNow()) is { } failure)
            return Counted(app.Counters, ApiResponse.Error(401, failure), 0);
        using var body = await ReadBodyAsync(context, aborted).ConfigureAwait(false);
        if (body is null)
            return Counted(app.Counters, TooLarge(), _bodyLimit);
        if (RequestSignature.CheckBody(query, body.Bytes.Span) is { } otherBody)
            return Counted(app.Counters, ApiResponse.Error(401, otherBody), body.Bytes.Length);
        if (!app.App.Enabled)
            return Counted(app.Counters, Disabled, body.Bytes.Length);

        var response = route.Method == "GET"
            ? await AnswerReadAsync(app, route, query, body.Bytes, aborted).ConfigureAwait(false)
            : await AnswerWriteAsync(app, route, query, body.Bytes, aborted).ConfigureAwait(false);
        return Counted(app.Counters, response, body.Bytes.Length);
    }

    private async ValueTask<ApiResponse> AnswerReadAsync(
        AppScope app, Route route, RequestQuery query, ReadOnlyMemory<byte> body, CancellationToken aborted)
    {
        if (await _rates.AcquireReadAsync(app, aborted).ConfigureAwait(false) is { } limited)
            return limited;
        if (!Utf8.IsValid(body.Span))
            return NotUtf8;
        return route.Endpoint switch
        {
            Endpoint.Channels => _channels.List(app, query),
            Endpoint.Channel => await _channels.DescribeAsync(app, route.Parameter, query, aborted).ConfigureAwait(false),
            Endpoint.ChannelUsers => _channels.Users(app, route.Parameter),
            _ => _channels.Statistics(app, route.Parameter),
        };
    }

    /// <summary>What follows the check of the signature for <c>POST /apps/{id}/events</c>.</summary>
    /// <exception cref="ClusterUnavailableException">This node is cut off from the others.</exception>
    public async ValueTask<ApiResponse> PublishAsync(AppScope app, ReadOnlyMemory<byte> body, CancellationToken cancellationToken)
    {
        var response = app.App.Enabled
            ? await AnswerWriteAsync(app, new Route(Endpoint.Events, "", "POST"), RequestQuery.Parse(default), body, cancellationToken).ConfigureAwait(false)
            : Disabled;
        return Counted(app.Counters, response, body.Length);
    }

    private ValueTask<ApiResponse> AnswerWriteAsync(
        AppScope app, Route route, RequestQuery query, ReadOnlyMemory<byte> body, CancellationToken aborted)
    {
        if (!Utf8.IsValid(body.Span))
            return new(NotUtf8);
        return route.Endpoint switch
        {
            Endpoint.Events => _events.PublishAsync(app, body, query, aborted),
            Endpoint.BatchEvents => _events.PublishBatchAsync(app, body, aborted),
            Endpoint.ChannelEvents => _events.PublishLegacyAsync(app, route.Parameter, body, query, aborted),
            _ => TerminateAsync(app, route.Parameter),
        };
    }

    // U-16, U-17.
    private async ValueTask<ApiResponse> TerminateAsync(AppScope app, string userId)
    {
        if (!ChannelName.IsValidUserId(userId))
            return ApiResponse.Error(400, "Invalid user id");
        await _publisher.TerminateAsync(app, userId).ConfigureAwait(false);
        return ApiResponse.Ok;
    }

    // storage.md 4.1: counted before authentication; every answer tells the state.
    private ValueTask<ApiResponse?> CheckAddressAsync(HttpContext context, CancellationToken aborted) =>
        _addressLimiter.IsEnabled ? CountAddressAsync(context, aborted) : default;

    private async ValueTask<ApiResponse?> CountAddressAsync(HttpContext context, CancellationToken aborted)
    {
        var headers = context.Request.Headers;
        var address = ClientAddress.Resolve(
            context.Connection.RemoteIpAddress, headers["X-Forwarded-For"].ToString(), headers["X-Real-IP"].ToString(), _trustHops);
        var decision = await _addressLimiter.AcquireAsync(address, aborted).ConfigureAwait(false);
        foreach (var (name, value) in decision.Headers)
            context.Response.Headers[name] = value;
        if (decision.IsAllowed)
            return null;
        if (decision.IsUnanswered)
            return ApiResponse.LimiterUnavailable;
        return ApiResponse.Error(429, "Rate limit exceeded") with
        {
            Headers = [new("retry-after", decision.ResetSeconds.ToString(CultureInfo.InvariantCulture))],
        };
    }

    private ApiResponse TooLarge() => ApiResponse.Error(413, $"The body of a request may have at most {_bodyLimit} bytes") with { ClosesConnection = true };

    private ValueTask<RequestBody?> ReadBodyAsync(HttpContext context, CancellationToken aborted) =>
        context.Request.ContentLength is null && context.Features.Get<IHttpRequestBodyDetectionFeature>() is { CanHaveBody: false }
            ? new(RequestBody.Empty)
            : RequestBody.ReadAsync(context.Request.BodyReader, _bodyLimit, aborted);

    private static ValueTask<FlushResult> WriteAsync(HttpContext context, ApiResponse response)
    {
        var target = context.Response;
        if (target.HasStarted)
            return default;
        target.StatusCode = response.Status;
        var headers = target.Headers;
        foreach (var (name, value) in response.Headers)
            headers[name] = value;
        if (response.ClosesConnection)
            headers.Connection = "close";
        if (response.Status == 204)
            return default;
        headers.ContentLength = response.Body.Length;
        if (response.Body.IsEmpty)
            return default;
        headers.ContentType = response.ContentType;
        return context.Request.Method == "HEAD" ? default : target.BodyWriter.WriteAsync(response.Body, context.RequestAborted);
    }

    private static ApiResponse Counted(AppCounters counters, ApiResponse response, long requestBytes)
    {
        counters.HttpCall(requestBytes, response.Body.Length);
        return response;
    }

    [LoggerMessage(1, LogLevel.Error, "a request could not be answered  route={Route} request={Request}")]
    private static partial void LogFailed(ILogger logger, string route, string request, Exception exception);

    [LoggerMessage(2, LogLevel.Debug, "request  method={Method} path={Path} status={Status} ms={Ms:0.0} request={Request}")]
    private static partial void LogAnswered(ILogger logger, string method, string path, int status, double ms, string request);
}
