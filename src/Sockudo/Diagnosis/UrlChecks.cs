using System.Globalization;
using System.Net;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Sockudo.Server.Apps;
using Sockudo.Server.Options;

namespace Sockudo.Diagnosis;

/// <summary>Looks at the server from outside, by the URL that clients use, and so through all proxies in front of it.</summary>
internal sealed class UrlChecks
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly TimeSpan _idle;
    private readonly TimeProvider _time;
    private readonly string _root;
    private readonly string _prefix;
    private readonly string? _key;
    private readonly App? _app;

    /// <param name="url">With or without <c>/app/{key}</c>; without it, the first configured app is taken.</param>
    /// <param name="idle">How long to be silent on a WebSocket; zero = not at all.</param>
    /// <param name="options">Have the apps.</param>
    /// <param name="time">The clock.</param>
    public UrlChecks(Uri url, TimeSpan idle, SockudoOptions options, TimeProvider time)
    {
        _idle = idle;
        _time = time;
        var path = url.AbsolutePath.TrimEnd('/');
        var app = path.LastIndexOf("/app/", StringComparison.Ordinal);
        _prefix = app < 0 ? path : path[..app];
        var apps = options.AppManager.Array.Apps;
        _key = app < 0 ? apps.FirstOrDefault(static one => one.Enabled)?.Key : path[(app + "/app/".Length)..];
        _app = apps.FirstOrDefault(one => one.Key == _key);
        var isSecure = url.Scheme is "wss" or "https";
        _root = $"{(isSecure ? "https" : "http")}://{url.Authority}";
    }

    /// <summary>Looks at HTTP first, then at a WebSocket.</summary>
    public async IAsyncEnumerable<Finding> RunAsync([EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        using var client = new HttpClient(new SocketsHttpHandler { UseProxy = false, AllowAutoRedirect = false }) { Timeout = Patience };
        foreach (var finding in await HealthAsync(client, cancellationToken).ConfigureAwait(false))
            yield return finding;
        if (_app is not null)
            yield return await SignedRequestAsync(client, _app, cancellationToken).ConfigureAwait(false);
        if (_key is null)
        {
            yield return Finding.Warning("url websocket", "not looked at: there is no app in the configuration", "give the whole URL that clients use: wss://host/app/key");
            yield break;
        }

        var socket = new WebSocketCheck(new Uri($"ws{_root["http".Length..]}{_prefix}/app/{_key}?protocol=7"), _idle, client, Patience);
        foreach (var finding in await socket.RunAsync(cancellationToken).ConfigureAwait(false))
            yield return finding;
    }

    private async Task<IReadOnlyList<Finding>> HealthAsync(HttpClient client, CancellationToken cancellationToken)
    {
        const string Check = "url http";
        var url = $"{_root}{_prefix}/up";
        try
        {
            var asked = _time.GetUtcNow();
            using var response = await client.GetAsync(new Uri(url), cancellationToken).ConfigureAwait(false);
            var body = await response.Content.ReadAsStringAsync(cancellationToken).ConfigureAwait(false);
            var health = HealthOf(Check, url, response, body);
            return response.Headers.Date is { } date
                ? [health, ClockCheck.Compare($"{new Uri(url).Authority}", date, asked + ((_time.GetUtcNow() - asked) / 2))]
                : [health];
        }
        catch (Exception exception) when (exception is HttpRequestException or TaskCanceledException && !cancellationToken.IsCancellationRequested)
        {
            return [Unreachable(Check, url, exception)];
        }
    }

    private static Finding HealthOf(string check, string url, HttpResponseMessage response, string body)
    {
        var status = (int)response.StatusCode;
        var isSockudo = response.Headers.TryGetValues("X-Health-Check", out var health);
        return (isSockudo, status) switch
        {
            (true, 200) => Finding.Ok(check, $"{url} answers {string.Join(' ', health!)}"),
            (true, _) => Finding.Problem(check, $"{url}: the server wants no traffic: {Shortened(body)}", "see which check is not ok; a draining server is replaced, an isolated one has lost its broker"),
            (_, >= 300 and < 400) => Finding.Problem(check, $"{url} redirects to {response.Headers.Location} (status {status})", "give clients the address that it redirects to: they follow no redirects"),
            (_, 502 or 503 or 504) => Finding.Problem(check, $"{url}: a proxy cannot reach the server (status {status})", "check the address and the port that the proxy passes requests on to"),
            (_, 404) => Finding.Problem(check, $"{url} is not found (status 404): {Shortened(body)}", "check the path that the proxy passes on, and path_prefix"),
            _ => Finding.Problem(check, $"{url}: something that is no Sockudo answers, with status {status}", "check which host, port and path the proxy passes on to Sockudo"),
        };
    }

    // A read that changes nothing, signed like any other request: shows whether path and query arrive as they were sent.
    private async Task<Finding> SignedRequestAsync(HttpClient client, App app, CancellationToken cancellationToken)
    {
        const string Check = "url http api";
        var path = $"{_prefix}/apps/{app.Id}/channels";
        var query = string.Create(CultureInfo.InvariantCulture, $"auth_key={app.Key}&auth_timestamp={_time.GetUtcNow().ToUnixTimeSeconds()}&auth_version=1.0");
        var signature = Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(app.Secret), Encoding.UTF8.GetBytes($"GET\n{path}\n{query}")));
        try
        {
            using var response = await client.GetAsync(new Uri($"{_root}{path}?{query}&auth_signature={signature}"), cancellationToken).ConfigureAwait(false);
            if (response.StatusCode == HttpStatusCode.OK)
                return Finding.Ok(Check, $"a signed request for app {app.Id} is accepted");
            var error = ErrorOf(await response.Content.ReadAsStringAsync(cancellationToken).ConfigureAwait(false));
            return Finding.Problem(Check, $"a signed request for app {app.Id} is refused with status {(int)response.StatusCode}: {error}", response.StatusCode switch
            {
                HttpStatusCode.Unauthorized => "the server has another secret, a proxy changes the path or the query, or a clock is wrong",
                HttpStatusCode.NotFound => "the server has no such app: it runs with another configuration",
                _ => "see the error",
            });
        }
        catch (Exception exception) when (exception is HttpRequestException or TaskCanceledException && !cancellationToken.IsCancellationRequested)
        {
            return Unreachable(Check, $"{_root}{path}", exception);
        }
    }

    /// <summary>Why an address cannot be reached.</summary>
    internal static Finding Unreachable(string check, string url, Exception exception) => Finding.Problem(
        check, $"{url} cannot be reached: {(exception is TaskCanceledException ? $"no answer within {Patience.TotalSeconds} s" : exception.InnerException?.Message ?? exception.Message)}",
        (exception as HttpRequestException)?.HttpRequestError switch
        {
            HttpRequestError.NameResolutionError => "correct the host name, or its entry in the DNS",
            HttpRequestError.SecureConnectionError => "correct the certificate (names, validity, chain), or use http/ws if TLS is not served there",
            _ => "see whether something listens there, and whether a firewall lets it through",
        });

    /// <summary>The text of an error of the HTTP API, or the beginning of what somebody else has answered.</summary>
    internal static string ErrorOf(string body)
    {
        try
        {
            using var document = JsonDocument.Parse(body);
            if (document.RootElement.ValueKind == JsonValueKind.Object && document.RootElement.TryGetProperty("error", out var error) && error.ValueKind == JsonValueKind.String)
                return error.GetString()!;
        }
        catch (JsonException)
        {
            // Somebody else has answered.
        }

        return Shortened(body);
    }

    private static string Shortened(string text) => text.Length > 200 ? text[..200] + "…" : text;
}
