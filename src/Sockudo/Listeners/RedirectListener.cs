using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;
using Sockudo.Server.Options;

namespace Sockudo.Listeners;

/// <summary>Plain HTTP that sends everybody to HTTPS (operations.md 2.2).</summary>
internal static class RedirectListener
{
    /// <summary>Opens the listener.</summary>
    /// <param name="options">Says where.</param>
    /// <param name="httpsPort">The port to redirect to.</param>
    /// <param name="loggers">For what Kestrel has to say.</param>
    /// <exception cref="ListenException">It cannot be opened.</exception>
    public static async Task<HttpListener> StartAsync(SockudoOptions options, int httpsPort, ILoggerFactory loggers)
    {
        var addresses = await HostAddress.ResolveAsync(options.Host, "host").ConfigureAwait(false);
        var listener = new HttpListener(
            context => RedirectAsync(context, httpsPort),
            kestrel =>
            {
                foreach (var address in addresses)
                    kestrel.Listen(address, options.Ssl.HttpPort, static endpoint => endpoint.Protocols = HttpProtocols.Http1);
            },
            loggers);
        await listener.StartAsync($"host = {options.Host}, ssl.http_port = {options.Ssl.HttpPort}").ConfigureAwait(false);
        return listener;
    }

    private static Task RedirectAsync(HttpContext context, int port)
    {
        var host = context.Request.Host;
        if (!host.HasValue || Uri.CheckHostName(host.Host.Trim('[', ']')) == UriHostNameType.Unknown)
        {
            context.Response.StatusCode = StatusCodes.Status400BadRequest;
            return Task.CompletedTask;
        }

        var target = context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;
        var suffix = port == 443 ? "" : ":" + port.ToString(CultureInfo.InvariantCulture);
        context.Response.StatusCode = StatusCodes.Status308PermanentRedirect;
        context.Response.Headers.Location = $"https://{host.Host}{suffix}{(target.StartsWith('/') ? target : "/")}";
        return Task.CompletedTask;
    }
}
