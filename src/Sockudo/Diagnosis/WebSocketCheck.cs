using System.Globalization;
using System.Net;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json;

namespace Sockudo.Diagnosis;

/// <summary>Opens a WebSocket as a client does, and says at which step and for which reason that fails.</summary>
/// <param name="url">With key and protocol.</param>
/// <param name="idle">How long to be silent; zero = not at all.</param>
/// <param name="client">For a second look at a refused handshake.</param>
/// <param name="patience">How long each step may take.</param>
internal sealed class WebSocketCheck(Uri url, TimeSpan idle, HttpClient client, TimeSpan patience)
{
    private const string Check = "url websocket";

    private static readonly string[] NeededHeaders = ["Upgrade", "Connection", "Sec-WebSocket-Accept"];

    private string Address => url.GetLeftPart(UriPartial.Path);

    /// <summary>Connects, waits for the greeting, pings, and is silent for a while if that is wanted.</summary>
    public async Task<IReadOnlyList<Finding>> RunAsync(CancellationToken cancellationToken)
    {
        using var socket = new ClientWebSocket();
        socket.Options.CollectHttpResponseDetails = true;
        socket.Options.Proxy = null;
        // Its frames would not be a silence.
        socket.Options.KeepAliveInterval = TimeSpan.Zero;
        try
        {
            if (await TryConnectAsync(socket, cancellationToken).ConfigureAwait(false) is { } refused)
                return [refused];
            var greeting = await ReceiveAsync(socket, patience, cancellationToken).ConfigureAwait(false);
            if (greeting is null || !greeting.Contains("pusher:connection_established", StringComparison.Ordinal))
                return [Ungreeted(greeting)];
            if (!await IsPongedAsync(socket, cancellationToken).ConfigureAwait(false))
                return [Finding.Problem(Check, $"{Address}: connected, and a ping is not answered", "a proxy holds messages back: switch its buffering off")];
            var connected = Finding.Ok(Check, $"{Address}: upgraded, greeted, and a ping is answered");
            return idle == TimeSpan.Zero ? [connected] : [connected, await IdleAsync(socket, cancellationToken).ConfigureAwait(false)];
        }
        catch (Exception exception) when (exception is WebSocketException or IOException or OperationCanceledException && !cancellationToken.IsCancellationRequested)
        {
            return [Finding.Problem(Check, $"{Address}: the connection was upgraded and then broke: {exception.Message}", "see the log of the proxy")];
        }
    }

    private async Task<Finding?> TryConnectAsync(ClientWebSocket socket, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(patience);
        try
        {
            await socket.ConnectAsync(url, limit.Token).ConfigureAwait(false);
            return null;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return Finding.Problem(Check, $"{Address}: no answer to the handshake within {patience.TotalSeconds} s", "a firewall or a proxy holds it back");
        }
        catch (WebSocketException exception) when (socket.HttpStatusCode == 0)
        {
            return UrlChecks.Unreachable(Check, Address, exception.InnerException as HttpRequestException ?? (Exception)exception);
        }
        catch (WebSocketException)
        {
            return await RefusedAsync(socket, cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task<Finding> RefusedAsync(ClientWebSocket socket, CancellationToken cancellationToken)
    {
        var status = (int)socket.HttpStatusCode;
        const string NginxAdvice = "nginx: proxy_http_version 1.1; proxy_set_header Upgrade $http_upgrade; proxy_set_header Connection \"upgrade\"";
        switch (status)
        {
            case 101:
                var missing = NeededHeaders.Where(header => socket.HttpResponseHeaders?.ContainsKey(header) != true).ToList();
                return Finding.Problem(
                    Check, missing.Count > 0 ? $"{Address}: the answer 101 has lost {string.Join(", ", missing)} on its way" : $"{Address}: the answer 101 is no WebSocket's", "let the proxy pass on the headers of the answer");
            case 426:
                return Finding.Problem(Check, $"{Address}: a proxy passes the request on without upgrading it (status 426): {await AskAgainAsync(cancellationToken).ConfigureAwait(false)}", NginxAdvice);
            case >= 300 and < 400:
                var target = socket.HttpResponseHeaders?.TryGetValue("Location", out var location) == true ? string.Join(' ', location) : "another address";
                return Finding.Problem(Check, $"{Address} redirects to {target} (status {status})", "give clients that address: WebSockets follow no redirects");
            case 404:
                return Finding.Problem(Check, $"{Address} is not found (status 404)", "check the path that the proxy passes on, and path_prefix");
            case 502 or 503 or 504:
                return Finding.Problem(Check, $"{Address}: a proxy cannot reach the server (status {status})", "check the address and the port that the proxy passes requests on to");
            default:
                return Finding.Problem(Check, $"{Address}: the upgrade was answered with status {status} instead of 101", $"let the proxy, and what protects it, pass WebSockets; {NginxAdvice}");
        }
    }

    // What the server itself says of the request that has reached it, which names the headers that were lost.
    private async Task<string> AskAgainAsync(CancellationToken cancellationToken)
    {
        var address = new UriBuilder(url) { Scheme = url.Scheme == "wss" ? "https" : "http" }.Uri;
        using var request = new HttpRequestMessage(HttpMethod.Get, address) { Version = HttpVersion.Version11 };
        request.Headers.TryAddWithoutValidation("Connection", "Upgrade");
        request.Headers.TryAddWithoutValidation("Upgrade", "websocket");
        request.Headers.TryAddWithoutValidation("Sec-WebSocket-Version", "13");
        request.Headers.TryAddWithoutValidation("Sec-WebSocket-Key", "c29ja3VkbyBkb2N0b3IgOikh");
        try
        {
            using var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken).ConfigureAwait(false);
            return response.StatusCode == HttpStatusCode.SwitchingProtocols
                ? "" : UrlChecks.ErrorOf(await response.Content.ReadAsStringAsync(cancellationToken).ConfigureAwait(false));
        }
        catch (Exception exception) when (exception is HttpRequestException or TaskCanceledException)
        {
            return exception.Message;
        }
    }

    private Finding Ungreeted(string? message)
    {
        if (message is null)
            return Finding.Problem(Check, $"{Address}: upgraded, and the server sends nothing or closes", "a proxy holds messages back, or something that is no Sockudo answers");
        var (code, text) = ErrorOf(message);
        return Finding.Problem(Check, $"{Address}: the server refuses the connection with {code}: {text}", code switch
        {
            4000 => "use wss://, and let the proxy send X-Forwarded-Proto with trust_hops set",
            4001 => "use the key of an app that the server has",
            4003 => "enable the app: sockudo apps enable <id>",
            4004 or 4100 => "raise the limit that is reached, or add nodes",
            4009 => "see allowed_origins of the app",
            4200 => "the server is stopping; ask another",
            _ => "see the error",
        });
    }

    private static (int? Code, string Text) ErrorOf(string message)
    {
        try
        {
            using var document = JsonDocument.Parse(message);
            var data = document.RootElement.GetProperty("data");
            return (data.GetProperty("code").ValueKind == JsonValueKind.Number ? data.GetProperty("code").GetInt32() : null, data.GetProperty("message").GetString() ?? "");
        }
        catch (Exception exception) when (exception is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            return (null, message.Length > 200 ? message[..200] : message);
        }
    }

    private async Task<bool> IsPongedAsync(ClientWebSocket socket, CancellationToken cancellationToken) =>
        await IsPongedAsync(socket, ReceiveAsync(socket, patience, cancellationToken), cancellationToken).ConfigureAwait(false);

    private async Task<bool> IsPongedAsync(ClientWebSocket socket, Task<string?> next, CancellationToken cancellationToken)
    {
        await socket.SendAsync("""{"event":"pusher:ping","data":{}}"""u8.ToArray(), WebSocketMessageType.Text, endOfMessage: true, cancellationToken).ConfigureAwait(false);
        // The server's own ping may come first.
        while (await next.ConfigureAwait(false) is { } message)
        {
            if (message.Contains("pusher:pong", StringComparison.Ordinal))
                return true;
            next = ReceiveAsync(socket, patience, cancellationToken);
        }

        return false;
    }

    private async Task<Finding> IdleAsync(ClientWebSocket socket, CancellationToken cancellationToken)
    {
        var seen = string.Create(CultureInfo.InvariantCulture, $"{Address}: the connection was silent for {idle.TotalSeconds:0} s");
        var silence = Task.Delay(idle, TimeProvider.System, cancellationToken);
        try
        {
            // Somebody has to read, for the probes of the server to be answered.
            var next = ReceiveAsync(socket, idle + patience, cancellationToken);
            while (await Task.WhenAny(next, silence).ConfigureAwait(false) == next && await next.ConfigureAwait(false) is not null)
                next = ReceiveAsync(socket, idle + patience, cancellationToken);
            if (!next.IsCompleted && await IsPongedAsync(socket, next, cancellationToken).ConfigureAwait(false))
                return Finding.Ok("url idle", seen + " and is still there");
        }
        catch (Exception exception) when (exception is WebSocketException or IOException)
        {
            // It is gone.
        }

        return Finding.Problem("url idle", seen + " and is gone", "raise the proxy's time-out for idle connections above activity_timeout + pong_timeout (150 s)");
    }

    // A text message; null if the connection was closed or nothing came in time.
    private static async Task<string?> ReceiveAsync(ClientWebSocket socket, TimeSpan patience, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(patience);
        var message = new MemoryStream();
        var buffer = new byte[4096];
        try
        {
            while (true)
            {
                var received = await socket.ReceiveAsync(buffer.AsMemory(), limit.Token).ConfigureAwait(false);
                if (received.MessageType == WebSocketMessageType.Close)
                    return null;
                message.Write(buffer, 0, received.Count);
                if (received.EndOfMessage)
                    return Encoding.UTF8.GetString(message.ToArray());
            }
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return null;
        }
    }
}
