namespace Sockudo.Server.Http;

/// <summary>
/// What a raw path names. Paths are compared as sent, because signatures are made over them as sent; only parameters
/// are percent-decoded.
/// </summary>
/// <param name="Endpoint">The endpoint; <see cref="Endpoint.None"/> for an unknown path.</param>
/// <param name="Template">The path with its parameters' names, for metrics and logs.</param>
/// <param name="Method">The one method that the endpoint knows; HEAD goes with GET.</param>
/// <param name="AppId">Id of the app, or empty.</param>
/// <param name="Parameter">Name of the channel or id of the user, or empty.</param>
internal readonly record struct Route(Endpoint Endpoint, string Template, string Method, string AppId = "", string Parameter = "")
{
    private static readonly Route Unknown = new(Endpoint.None, "other", "");

    /// <summary>The endpoint is part of the HTTP API: counted, limited and signed.</summary>
    public bool IsApi => Endpoint >= Endpoint.Events;

    /// <summary>Methods for the <c>Allow</c> header.</summary>
    public string Allow => Method == "GET" ? "GET, HEAD, OPTIONS" : "POST, OPTIONS";

    /// <summary>Whether a request with this method may be answered.</summary>
    public bool Allows(string method) => method == Method || (method == "HEAD" && Method == "GET");

    /// <summary>Finds the route of a raw path.</summary>
    /// <param name="path">Raw path without query.</param>
    /// <param name="prefix">Path prefix without trailing slash; empty for none.</param>
    public static Route Match(string path, string prefix)
    {
        if (!path.StartsWith(prefix, StringComparison.Ordinal) || path.Length == prefix.Length || path[prefix.Length] != '/')
            return Unknown;
        Span<Range> ranges = stackalloc Range[PathSegments.MaxCount];
        return PathSegments.Split(path.AsSpan(prefix.Length + 1), ranges) switch
        {
            ["app", { Length: > 0 }] => new(Endpoint.WebSocket, "/app/{key}", "GET"),
            ["live"] or ["live", ""] => new(Endpoint.Live, "/live", "GET"),
            ["up"] or ["up", ""] => new(Endpoint.Up, "/up", "GET"),
            ["up", { Length: > 0 } id, .. [] or [""]] => new(Endpoint.UpApp, "/up/{app_id}", "GET", Decode(id)),
            ["usage"] or ["usage", ""] => new(Endpoint.Usage, "/usage", "GET"),
            ["openapi.json"] => new(Endpoint.OpenApi, "/openapi.json", "GET"),
            ["users", { Length: > 0 } user, "terminate_connections"] =>
                new(Endpoint.TerminateConnectionsByKey, "/users/{user_id}/terminate_connections", "POST", "", Decode(user)),
            ["apps", { Length: > 0 } app, .. var rest] => MatchApp(Decode(app), rest),
            _ => Unknown,
        };
    }

    private static Route MatchApp(string app, PathSegments segments) => segments switch
    {
        ["events"] => new(Endpoint.Events, "/apps/{app_id}/events", "POST", app),
        ["batch_events"] => new(Endpoint.BatchEvents, "/apps/{app_id}/batch_events", "POST", app),
        ["channels"] => new(Endpoint.Channels, "/apps/{app_id}/channels", "GET", app),
        ["channels", { Length: > 0 } channel] => new(Endpoint.Channel, "/apps/{app_id}/channels/{channel}", "GET", app, Decode(channel)),
        ["channels", { Length: > 0 } channel, "users"] =>
            new(Endpoint.ChannelUsers, "/apps/{app_id}/channels/{channel}/users", "GET", app, Decode(channel)),
        ["channels", { Length: > 0 } channel, "events"] =>
            new(Endpoint.ChannelEvents, "/apps/{app_id}/channels/{channel}/events", "POST", app, Decode(channel)),
        ["channels", { Length: > 0 } channel, "stats"] =>
            new(Endpoint.ChannelStatistics, "/apps/{app_id}/channels/{channel}/stats", "GET", app, Decode(channel)),
        ["users", { Length: > 0 } user, "terminate_connections"] =>
            new(Endpoint.TerminateConnections, "/apps/{app_id}/users/{user_id}/terminate_connections", "POST", app, Decode(user)),
        _ => Unknown,
    };

    private static string Decode(ReadOnlySpan<char> segment) => segment.Contains('%') ? Uri.UnescapeDataString(segment) : segment.ToString();
}
