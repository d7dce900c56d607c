using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;
using Sockudo.Server.Options;

namespace Sockudo.Listeners;

/// <summary><c>GET /metrics</c> on its own port (metrics.md 1).</summary>
internal static class MetricsListener
{
    /// <summary>Opens the listener.</summary>
    /// <param name="options">Says where.</param>
    /// <param name="report">Writes the metrics as of now.</param>
    /// <param name="loggers">For what Kestrel has to say.</param>
    /// <exception cref="ListenException">It cannot be opened.</exception>
    public static async Task<HttpListener> StartAsync(MetricsOptions options, Func<string> report, ILoggerFactory loggers)
    {
        var addresses = await HostAddress.ResolveAsync(options.Host, "metrics.host").ConfigureAwait(false);
        var listener = new HttpListener(
            context => AnswerAsync(context, report),
            kestrel =>
            {
                foreach (var address in addresses)
                    kestrel.Listen(address, options.Port, static endpoint => endpoint.Protocols = HttpProtocols.Http1);
            },
            loggers);
        await listener.StartAsync($"metrics.host = {options.Host}, metrics.port = {options.Port}").ConfigureAwait(false);
        return listener;
    }

    private static Task AnswerAsync(HttpContext context, Func<string> report)
    {
        var response = context.Response;
        if (context.Request.Path != "/metrics")
            return WriteAsync(response, 404, "application/json", """{"error":"Not found"}""");
        if (context.Request.Method is "GET" or "HEAD")
            return WriteAsync(response, 200, "text/plain; version=0.0.4; charset=utf-8", report());
        response.Headers.Allow = "GET, HEAD";
        return WriteAsync(response, 405, "application/json", """{"error":"Method not allowed"}""");
    }

    private static async Task WriteAsync(HttpResponse response, int status, string contentType, string body)
    {
        response.StatusCode = status;
        response.ContentType = contentType;
        var bytes = Encoding.UTF8.GetBytes(body);
        response.ContentLength = bytes.Length;
        if (response.HttpContext.Request.Method != "HEAD")
            await response.BodyWriter.WriteAsync(bytes, response.HttpContext.RequestAborted).ConfigureAwait(false);
    }
}
