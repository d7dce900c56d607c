using Microsoft.AspNetCore.Http;
using Sockudo.Server.Apps;
using Sockudo.Server.Options;

namespace Sockudo.Server.Http;

/// <summary>CORS headers for every answer of the main listener (operations.md 2.3).</summary>
internal sealed class Cors
{
    // Seconds for which a browser may keep the answer to a preflight.
    private const string MaxAge = "86400";

    private readonly bool _allowsAll;
    private readonly bool _allowsCredentials;
    private readonly OriginPattern[] _origins;
    private readonly string _methods;
    private readonly string _headers;

    public Cors(CorsOptions options)
    {
        _allowsAll = options.Origin.Any(static origin => origin == "*" || origin.Equals("any", StringComparison.OrdinalIgnoreCase));
        _allowsCredentials = options.Credentials;
        _origins = [.. options.Origin.Select(static origin => OriginPattern.TryParse(origin, out var pattern) ? pattern : null).OfType<OriginPattern>()];
        _methods = string.Join(", ", options.Methods);
        _headers = string.Join(", ", options.AllowedHeaders);
    }

    /// <summary>Whether this is a preflight: it is answered with <see cref="AddPreflight"/> and never executes (G-10).</summary>
    public static bool IsPreflight(HttpRequest request) =>
        request.Method == "OPTIONS" && request.Headers.ContainsKey("Access-Control-Request-Method");

    /// <summary>Adds the headers that every answer has.</summary>
    public void Add(HttpRequest request, IHeaderDictionary headers)
    {
        if (_allowsAll)
        {
            headers.AccessControlAllowOrigin = "*";
            return;
        }

        headers.Vary = "Origin";
        var origin = request.Headers.Origin.ToString();
        if (origin.Length == 0 || !_origins.Any(pattern => pattern.Matches(origin)))
            return;
        headers.AccessControlAllowOrigin = origin;
        if (_allowsCredentials)
            headers.AccessControlAllowCredentials = "true";
    }

    /// <summary>Adds what a preflight asks for, if its origin is allowed.</summary>
    public void AddPreflight(IHeaderDictionary headers)
    {
        if (headers.AccessControlAllowOrigin.Count == 0)
            return;
        headers.AccessControlAllowMethods = _methods;
        headers.AccessControlAllowHeaders = _headers;
        headers.AccessControlMaxAge = MaxAge;
    }
}
