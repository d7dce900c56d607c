using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using Sockudo.Server.Apps;
using Sockudo.Server.Tracing;

namespace Sockudo.Server.Webhooks;

/// <summary>
/// Webhooks by HTTP (webhooks.md 3): signed with the app's secret as of now, redirects are not followed, addresses of the machine's own network or of a cloud's metadata service are not
/// connected to unless that is allowed, and connections are made anew every two minutes, so that changes of DNS are noticed.
/// </summary>
internal sealed class HttpWebhookTransport : IWebhookTransport, IDisposable
{
    private const int MaxAnswerBytes = 64 * 1024;

    private static readonly MediaTypeHeaderValue Json = new("application/json");

    private readonly bool _allowLinkLocal;
    private readonly string _userAgent;
    private readonly HttpClient _client;

    /// <param name="allowLinkLocal"><c>webhooks.allow_link_local</c>.</param>
    /// <param name="version">Version of the program.</param>
    public HttpWebhookTransport(bool allowLinkLocal, string version)
    {
        _allowLinkLocal = allowLinkLocal;
        _userAgent = $"Sockudo/{version}";
        var handler = new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            AutomaticDecompression = DecompressionMethods.None,
            PooledConnectionLifetime = TimeSpan.FromMinutes(2),
            ConnectCallback = ConnectAsync,
            // The headers of a trace are ours: the client's own would name a span of its own, which nobody collects.
            ActivityHeadersPropagator = null,
        };
        _client = new HttpClient(handler) { Timeout = Timeout.InfiniteTimeSpan };
    }

    /// <inheritdoc/>
    public string Name => "http";

    /// <inheritdoc/>
    public async Task<WebhookAnswer> SendAsync(App app, AppWebhook webhook, ReadOnlyMemory<byte> body, CancellationToken cancellationToken)
    {
        try
        {
            using var request = CreateRequest(app, webhook, body);
            using var response = await _client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken).ConfigureAwait(false);
            await ReadAsync(response, cancellationToken).ConfigureAwait(false);
            var status = (int)response.StatusCode;
            return new WebhookAnswer(status is >= 200 and < 300, status, string.Create(CultureInfo.InvariantCulture, $"status {status}"), RetryAfter(response));
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException or SocketException or FormatException)
        {
            return new WebhookAnswer(false, null, exception.InnerException?.Message ?? exception.Message);
        }
    }

    public void Dispose() => _client.Dispose();

    private HttpRequestMessage CreateRequest(App app, AppWebhook webhook, ReadOnlyMemory<byte> body)
    {
        var url = webhook.Url!;
        var request = new HttpRequestMessage(HttpMethod.Post, new UriBuilder(url) { UserName = "", Password = "" }.Uri)
        {
            Content = new ReadOnlyMemoryContent(body),
            // HTTP/2 where it is offered; never without TLS, where it cannot be.
            Version = HttpVersion.Version11,
            VersionPolicy = url.Scheme == Uri.UriSchemeHttps ? HttpVersionPolicy.RequestVersionOrHigher : HttpVersionPolicy.RequestVersionExact,
        };
        request.Content.Headers.ContentType = Json;
        request.Headers.TryAddWithoutValidation("X-Pusher-Key", app.Key);
        request.Headers.TryAddWithoutValidation("X-Pusher-Signature", Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(app.Secret), body.Span)));
        request.Headers.TryAddWithoutValidation("User-Agent", _userAgent);
        if (Spans.Current is var (traceParent, traceState))
        {
            request.Headers.TryAddWithoutValidation("traceparent", traceParent);
            if (traceState is not null)
                request.Headers.TryAddWithoutValidation("tracestate", traceState);
        }

        if (url.UserInfo.Length > 0)
        {
            var credentials = Convert.ToBase64String(Encoding.UTF8.GetBytes(string.Join(':', url.UserInfo.Split(':', 2).Select(Uri.UnescapeDataString))));
            request.Headers.TryAddWithoutValidation("Authorization", $"Basic {credentials}");
        }

        foreach (var (name, value) in webhook.Headers)
        {
            // A header of the operator wins over one of ours.
            if (request.Headers.NonValidated.Contains(name))
                request.Headers.Remove(name);
            // Some are about the content, as .NET sees it, and refused elsewhere.
            if (!request.Headers.TryAddWithoutValidation(name, value))
                request.Content.Headers.TryAddWithoutValidation(name, value);
        }

        return request;
    }

    private async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellationToken)
    {
        var addresses = await Dns.GetHostAddressesAsync(context.DnsEndPoint.Host, cancellationToken).ConfigureAwait(false);
        var allowed = _allowLinkLocal ? addresses : [.. addresses.Where(static address => !MachineNetwork.Contains(address))];
        if (allowed.Length == 0)
            throw new IOException(addresses.Length == 0 ? "the host has no address" : "the host has a link-local address, which webhooks.allow_link_local does not allow");
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(allowed, context.DnsEndPoint.Port, cancellationToken).ConfigureAwait(false);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private static async Task ReadAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        // So that the connection can be used again, if the answer is as short as it should be.
        var stream = await response.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
        var buffer = new byte[4096];
        for (var total = 0; total < MaxAnswerBytes;)
        {
            var read = await stream.ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
            if (read == 0)
                return;
            total += read;
        }
    }

    private static TimeSpan? RetryAfter(HttpResponseMessage response)
    {
        if ((int)response.StatusCode is not (429 or 503) || response.Headers.RetryAfter is not { } retry)
            return null;
        return retry.Delta ?? (retry.Date is { } date ? date - TimeProvider.System.GetUtcNow() : null);
    }
}
