using System.Globalization;
using System.Net.Sockets;
using System.Text.Json;
using Sockudo.Listeners;
using Sockudo.Server.Options;

namespace Sockudo.Administration;

/// <summary>The server that the configuration describes, on this machine: asked over its own listeners, whatever they are.</summary>
internal sealed class LocalServer : IDisposable
{
    private static readonly TimeSpan RequestTimeout = TimeSpan.FromSeconds(5);

    private readonly SockudoOptions _options;
    private readonly HttpClient _client;
    private readonly HttpClient _metrics;
    private readonly HttpClient _dashboard;

    /// <param name="options">Say where it listens.</param>
    public LocalServer(SockudoOptions options)
    {
        _options = options;
        var prefix = options.PathPrefix == "/" ? "" : options.PathPrefix;
        var scheme = options.Ssl.Enabled && !options.UnixSocket.Enabled ? "https" : "http";
        _client = new HttpClient(CreateHandler(options)) { Timeout = RequestTimeout, BaseAddress = new Uri($"{scheme}://{Authority(options.Host, options.Port)}{prefix}/") };
        _metrics = new HttpClient(new SocketsHttpHandler { UseProxy = false, AllowAutoRedirect = false })
        {
            Timeout = RequestTimeout,
            BaseAddress = new Uri($"http://{Authority(options.Metrics.Host, options.Metrics.Port)}/"),
        };
        var dashboardScheme = options.Ssl.Enabled && !HostAddress.IsLoopback(options.Dashboard.Host) ? "https" : "http";
        _dashboard = new HttpClient(CreateHandler())
        {
            Timeout = RequestTimeout,
            BaseAddress = new Uri($"{dashboardScheme}://{Authority(options.Dashboard.Host, options.Dashboard.Port)}/"),
        };
    }

    /// <summary>Asks <c>/up</c>.</summary>
    /// <exception cref="HttpRequestException">It does not answer.</exception>
    /// <exception cref="TaskCanceledException">It does not answer in time.</exception>
    public Task<HttpResponseMessage> GetUpAsync() => _client.GetAsync(new Uri("up", UriKind.Relative));

    /// <summary>Whether a Sockudo answers, and whether it is stopping already; null if nobody or somebody else does.</summary>
    public async Task<bool?> IsDrainingAsync()
    {
        try
        {
            using var response = await GetUpAsync().ConfigureAwait(false);
            if (!response.Headers.Contains("X-Health-Check"))
                return null;
            if (response.IsSuccessStatusCode)
                return false;
            using var body = JsonDocument.Parse(await response.Content.ReadAsStringAsync().ConfigureAwait(false));
            return body.RootElement.TryGetProperty("checks", out var checks) && checks.TryGetProperty("draining", out var draining) && draining.ValueKind == JsonValueKind.True;
        }
        catch (Exception exception) when (exception is HttpRequestException or TaskCanceledException or JsonException)
        {
            return null;
        }
    }

    /// <summary>Its open connections, as its metrics say; null if they are off or do not answer.</summary>
    public async Task<long?> CountConnectionsAsync()
    {
        var family = _options.Metrics.Prometheus.Prefix + "connected";
        if (await ReadMetricsAsync().ConfigureAwait(false) is not { } text)
            return null;
        var samples = text.Split('\n').Where(line => line.StartsWith(family, StringComparison.Ordinal) && line.Length > family.Length && line[family.Length] is '{' or ' ');
        return samples.Sum(static line => long.Parse(line[(line.LastIndexOf(' ') + 1)..], CultureInfo.InvariantCulture));
    }

    /// <summary>Whether the metrics of a Sockudo are served where the configuration says.</summary>
    public async Task<bool> ServesMetricsAsync() =>
        await ReadMetricsAsync().ConfigureAwait(false) is { } text && text.Contains(_options.Metrics.Prometheus.Prefix + "build_info", StringComparison.Ordinal);

    /// <summary>Whether the dashboard of a Sockudo is served where the configuration says.</summary>
    public async Task<bool> ServesDashboardAsync()
    {
        try
        {
            // The one answer for which nobody has to sign in.
            using var session = JsonDocument.Parse(await _dashboard.GetStringAsync(new Uri("api/v1/session", UriKind.Relative)).ConfigureAwait(false));
            return session.RootElement.ValueKind == JsonValueKind.Object && session.RootElement.TryGetProperty("needs_sign_in", out _);
        }
        catch (Exception exception) when (exception is HttpRequestException or TaskCanceledException or JsonException)
        {
            return false;
        }
    }

    public void Dispose()
    {
        _client.Dispose();
        _metrics.Dispose();
        _dashboard.Dispose();
    }

    private async Task<string?> ReadMetricsAsync()
    {
        if (!_options.Metrics.Enabled || _options.Metrics.Port == 0)
            return null;
        try
        {
            return await _metrics.GetStringAsync(new Uri("metrics", UriKind.Relative)).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is HttpRequestException or TaskCanceledException)
        {
            return null;
        }
    }

    private static string Authority(string host, int port)
    {
        var name = host switch { "0.0.0.0" => "127.0.0.1", "::" or "*" => "localhost", _ => host };
        return string.Create(CultureInfo.InvariantCulture, $"{(name.Contains(':') ? $"[{name}]" : name)}:{port}");
    }

    private static SocketsHttpHandler CreateHandler()
    {
        var handler = new SocketsHttpHandler { UseProxy = false, AllowAutoRedirect = false };
#pragma warning disable CA5359 // The certificate names the public host, not the loopback address that is asked here.
        handler.SslOptions.RemoteCertificateValidationCallback = static (_, _, _, _) => true;
#pragma warning restore CA5359
        return handler;
    }

    private static SocketsHttpHandler CreateHandler(SockudoOptions options)
    {
        var handler = CreateHandler();
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
