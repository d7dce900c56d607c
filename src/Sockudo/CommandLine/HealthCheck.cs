using System.Net;
using System.Net.Sockets;
using Sockudo.Server.Options;

namespace Sockudo.CommandLine;

/// <summary><c>--healthcheck</c>: asks the configured listener (configuration.md 1.4).</summary>
internal static class HealthCheck
{
    private static readonly TimeSpan RequestTimeout = TimeSpan.FromSeconds(5);

    /// <summary>Exit code 0 if <c>/up</c> answers 200, else 1 with the reason on standard error.</summary>
    public static async Task<int> RunAsync(SockudoOptions options)
    {
        var prefix = options.PathPrefix == "/" ? "" : options.PathPrefix;
        var scheme = options.Ssl.Enabled && !options.UnixSocket.Enabled ? "https" : "http";
        var host = options.Host switch { "0.0.0.0" => "127.0.0.1", "::" or "*" => "localhost", var name => name };
        var authority = host.Contains(':') ? $"[{host}]" : host;
        using var client = new HttpClient(CreateHandler(options)) { Timeout = RequestTimeout };
        try
        {
            using var response = await client.GetAsync(new Uri($"{scheme}://{authority}:{options.Port}{prefix}/up")).ConfigureAwait(false);
            if (response.StatusCode == HttpStatusCode.OK)
                return ExitCodes.Ok;
            await Console.Error.WriteLineAsync($"error: the server is not ready: status {(int)response.StatusCode}").ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is HttpRequestException or TaskCanceledException)
        {
            await Console.Error.WriteLineAsync($"error: the server does not answer: {exception.Message}").ConfigureAwait(false);
        }

        return ExitCodes.Failure;
    }

    private static SocketsHttpHandler CreateHandler(SockudoOptions options)
    {
        var handler = new SocketsHttpHandler { UseProxy = false, AllowAutoRedirect = false };
#pragma warning disable CA5359 // The certificate names the public host, not the loopback address that is asked here.
        handler.SslOptions.RemoteCertificateValidationCallback = static (_, _, _, _) => true;
#pragma warning restore CA5359
        if (options.UnixSocket.Enabled)
        {
            handler.ConnectCallback = async (_, cancellationToken) =>
            {
                var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
                await socket.ConnectAsync(new UnixDomainSocketEndPoint(options.UnixSocket.Path), cancellationToken).ConfigureAwait(false);
                return new NetworkStream(socket, ownsSocket: true);
            };
        }

        return handler;
    }
}
