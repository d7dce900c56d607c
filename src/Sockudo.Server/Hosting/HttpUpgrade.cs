using System.IO.Pipelines;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Sockudo.Protocol.WebSockets;
using Sockudo.Server.Connections;

namespace Sockudo.Server.Hosting;

/// <summary>
/// Opens a WebSocket from an HTTP request: an HTTP/1.1 upgrade (RFC 6455) or an HTTP/2 extended CONNECT (RFC 8441). The way
/// in for hosts that embed the server behind their own pipeline, and for HTTP/2.
/// </summary>
internal sealed class HttpUpgrade(Admission admission, ConnectionHost host, string prefix)
{
    /// <summary>Whether the request opens a WebSocket of this server in a valid way.</summary>
    public bool IsUpgrade(HttpContext context, string rawTarget, out ConnectTarget target)
    {
        target = default;
        // RFC 6455 section 4.2.1: "An HTTP/1.1 or higher GET request".
        var method = context.Request.Method;
        if (HttpMethods.IsGet(method) ? !IsHttp1Upgrade(context) : !HttpMethods.IsConnect(method) || !IsExtendedConnect(context))
            return false;
        return ConnectTarget.TryParse(rawTarget, prefix, out target);
    }

    /// <summary>Answers the handshake and lives as long as the connection.</summary>
    public async Task RunAsync(HttpContext context, string rawTarget, ConnectTarget target)
    {
        var headers = context.Request.Headers;
        var request = new UpgradeRequest(
            rawTarget, headers.SecWebSocketKey.ToString(), Joined(headers.SecWebSocketProtocol), Joined(headers.Origin),
            Joined(headers["X-Forwarded-For"]), Joined(headers["X-Real-IP"]), Joined(headers["X-Forwarded-Proto"]));
        var result = await admission.AdmitAsync(target, request, context.Connection.RemoteIpAddress, context.Request.IsHttps).ConfigureAwait(false);

        var response = context.Response.Headers;
        if (request.OffersPusherProtocol)
            response.SecWebSocketProtocol = UpgradeRequest.PusherProtocol;
        foreach (var (name, value) in result.Rate.Headers)
            response[name] = value;

        Stream stream;
        try
        {
            stream = await AcceptAsync(context, request).ConfigureAwait(false);
        }
        catch
        {
            admission.Withdraw(result);
            throw;
        }

        var input = PipeReader.Create(stream, new StreamPipeReaderOptions(leaveOpen: true, useZeroByteReads: true));
        var output = PipeWriter.Create(stream, new StreamPipeWriterOptions(leaveOpen: true));
        // A write loop may still want to abort when this call has returned and the context serves another request.
        var lifetime = context.Features.GetRequiredFeature<IHttpRequestLifetimeFeature>();
        var connection = new Connection(host.Settings, input, new PipeOutput(output, lifetime.Abort), handshake: null);
        await host.RunAsync(connection, result).ConfigureAwait(false);
    }

    private static async ValueTask<Stream> AcceptAsync(HttpContext context, UpgradeRequest request)
    {
        if (IsExtendedConnect(context))
        {
            context.Response.StatusCode = StatusCodes.Status200OK;
            return await context.Features.GetRequiredFeature<IHttpExtendedConnectFeature>().AcceptAsync().ConfigureAwait(false);
        }

        var response = context.Response.Headers;
        response.Upgrade = "websocket";
        response.Connection = "Upgrade";
        response.SecWebSocketAccept = UpgradeRequest.AcceptFor(request.Key);
        return await context.Features.GetRequiredFeature<IHttpUpgradeFeature>().UpgradeAsync().ConfigureAwait(false);
    }

    private static bool IsExtendedConnect(HttpContext context) =>
        context.Features.Get<IHttpExtendedConnectFeature>() is { IsExtendedConnect: true, Protocol: "websocket" }
        && context.Request.Headers.SecWebSocketVersion == "13";

    private static bool IsHttp1Upgrade(HttpContext context)
    {
        var headers = context.Request.Headers;
        return context.Features.Get<IHttpUpgradeFeature>() is { IsUpgradableRequest: true }
            && HttpProtocol.IsHttp11(context.Request.Protocol)
            && UpgradeRequest.HasToken(headers.Upgrade, "websocket", StringComparison.OrdinalIgnoreCase)
            && headers.SecWebSocketVersion == "13"
            && UpgradeRequest.IsValidKey(headers.SecWebSocketKey);
    }

    private static string? Joined(Microsoft.Extensions.Primitives.StringValues values) => values.Count == 0 ? null : values.ToString();
}
