using Microsoft.AspNetCore.Http;

namespace Sockudo.Server.Http;

/// <summary>
/// The answer to a request for the WebSocket endpoint that is no upgrade (C-2d). Mostly a proxy has taken the headers away that make it one, and its operator
/// reads here which.
/// </summary>
internal static class NoUpgrade
{
    /// <summary>Status 426, with the names of what is missing.</summary>
    public static ApiResponse Answer(HttpRequest request)
    {
        var missing = Missing(request).ToList();
        var reason = missing.Count == 0 ? "send a WebSocket upgrade request, version 13" : $"the request has arrived without {string.Join(", ", missing)}";
        return ApiResponse.Error(426, $"This is a WebSocket endpoint: {reason}") with
        {
            // Without keep-alive the connection would end here, and the next request of a client that reuses it with it.
            Headers = [new("Upgrade", "websocket"), new("Connection", "keep-alive, Upgrade"), new("Sec-WebSocket-Version", "13")],
        };
    }

    private static IEnumerable<string> Missing(HttpRequest request)
    {
        var headers = request.Headers;
        if (HttpProtocol.IsHttp10(request.Protocol))
            yield return "HTTP/1.1";
        if (!headers.Upgrade.ToString().Contains("websocket", StringComparison.OrdinalIgnoreCase))
            yield return "\"Upgrade: websocket\"";
        if (!headers.Connection.ToString().Contains("upgrade", StringComparison.OrdinalIgnoreCase))
            yield return "\"Connection: Upgrade\"";
        if (headers.SecWebSocketVersion != "13")
            yield return "\"Sec-WebSocket-Version: 13\"";
        if (headers.SecWebSocketKey.Count == 0)
            yield return "\"Sec-WebSocket-Key\"";
    }
}
