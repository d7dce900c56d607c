using System.Globalization;
using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Sockudo.Server.Http;
using Sockudo.Server.Limits;
using Sockudo.Server.Options;

namespace Sockudo.Dashboard;

/// <summary>
/// Decides who may use the dashboard, by a session's cookie, by a token, or on this machine without either; and that it is not another site that makes a visitor's browser
/// ask. Safe from any thread.
/// </summary>
internal sealed partial class DashboardAccess(DashboardOptions options, TimeProvider time, ILogger logger) : IDisposable
{
    /// <summary>Header that changes need, which no other site can make a browser send.</summary>
    public const string ChangeHeader = "X-Sockudo-Dashboard";

    private static readonly ApiResponse Unauthorized = ApiResponse.Error(401, "Sign in first, or send Authorization: Bearer with dashboard.token") with
    {
        Headers = [new("WWW-Authenticate", "Bearer")],
    };

    private static readonly ApiResponse TooManyGuesses = ApiResponse.Error(429, "Too many wrong passwords or tokens; try again in a minute") with
    {
        Headers = [new("Retry-After", GuessLimiter.RetryAfter)],
    };

    private static readonly ApiResponse ForeignHost = ApiResponse.Error(
        403, "Without dashboard.password and dashboard.token the dashboard is only for browsers on this machine: open it by localhost or 127.0.0.1, not through a proxy");

    private static readonly ApiResponse ForeignSite = ApiResponse.Error(403, "The dashboard answers no requests of other sites");

    private static readonly ApiResponse NoChangeHeader = ApiResponse.Error(403, $"Changes need the header {ChangeHeader}: 1");

    private readonly SecretText[] _secrets = [.. new[] { options.Password, options.Token }.OfType<string>().Select(static text => new SecretText(text))];
    private readonly SecretText? _token = options.Token is null ? null : new SecretText(options.Token);
    private readonly SignInSessions _sessions = new(time);
    private readonly GuessLimiter _guesses = new();

    /// <summary>A password or token is needed.</summary>
    public bool NeedsSignIn => _secrets.Length > 0;

    /// <summary>What holds for every request, the page's own files included: null, or the refusal.</summary>
    public ApiResponse? CheckHost(HttpContext context) =>
        // A name that somebody has made point here makes his pages same-origin; and what comes through a proxy comes from anywhere.
        NeedsSignIn || (IsLoopback(context.Request.Host) && !context.Request.Headers.Keys.Any(IsOfProxy)) ? null : ForeignHost;

    /// <summary>What holds for every request to the API, signing in included: null, or the refusal.</summary>
    public static ApiResponse? CheckSite(HttpContext context)
    {
        var request = context.Request;
        if (IsForeign(request))
            return ForeignSite;
        return HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method) || BearerOf(request) is not null || request.Headers.ContainsKey(ChangeHeader)
            ? null
            : NoChangeHeader;
    }

    /// <summary>Whether the caller may use the API: null, or the refusal.</summary>
    public ApiResponse? CheckCaller(HttpContext context)
    {
        if (!NeedsSignIn || HasSession(context))
            return null;
        if (BearerOf(context.Request) is not { } token)
            return Unauthorized;
        return _guesses.Guess(AddressOf(context), () => _token?.Is(token) == true) switch
        {
            true => null,
            false => Refused(context, "token", Unauthorized),
            null => TooManyGuesses,
        };
    }

    /// <summary>Signs a browser in with the password, or with the token.</summary>
    public ApiResponse SignIn(HttpContext context, string shown)
    {
        if (!NeedsSignIn)
            return new ApiResponse(204, default);
        switch (_guesses.Guess(AddressOf(context), () => IsSecret(shown)))
        {
            case null:
                return TooManyGuesses;
            case false:
                return Refused(context, "password", ApiResponse.Error(401, "Wrong password"));
            default:
                LogSignedIn(logger, AddressOf(context));
                context.Response.Cookies.Append(CookieOf(context), _sessions.Begin(), CookieSettings(context, SignInSessions.Life));
                return new ApiResponse(204, default);
        }
    }

    /// <summary>Signs a browser out.</summary>
    public ApiResponse SignOut(HttpContext context)
    {
        if (context.Request.Cookies[CookieOf(context)] is { } id)
            _sessions.End(id);
        context.Response.Cookies.Delete(CookieOf(context), CookieSettings(context, life: null));
        return new ApiResponse(204, default);
    }

    /// <summary>Who asks, for the log.</summary>
    public static string AddressOf(HttpContext context) => context.Connection.RemoteIpAddress is { } address ? ClientAddress.KeyOf(address) : "unknown";

    public void Dispose() => _guesses.Dispose();

    // Compares with all of them, so that the time does not tell which one was nearly right.
    private bool IsSecret(string shown)
    {
        var isOne = false;
        foreach (var secret in _secrets)
            isOne |= secret.Is(shown);
        return isOne;
    }

    private bool HasSession(HttpContext context) => context.Request.Cookies[CookieOf(context)] is { } id && _sessions.IsValid(id);

    private ApiResponse Refused(HttpContext context, string what, ApiResponse answer)
    {
        LogRefused(logger, what, AddressOf(context));
        return answer;
    }

    // Cookies do not know ports, and several nodes may run on one machine.
    private static string CookieOf(HttpContext context) => string.Create(CultureInfo.InvariantCulture, $"sockudo-dashboard-{context.Connection.LocalPort}");

    private static CookieOptions CookieSettings(HttpContext context, TimeSpan? life) => new()
    {
        HttpOnly = true,
        SameSite = SameSiteMode.Strict,
        // A proxy that claims TLS can only make the browser more careful.
        Secure = context.Request.IsHttps || context.Request.Headers["X-Forwarded-Proto"] == "https",
        Path = "/",
        MaxAge = life,
    };

    // Browsers say where a request comes from; programs say nothing.
    private static bool IsForeign(HttpRequest request)
    {
        var site = request.Headers["Sec-Fetch-Site"];
        if (site.Count > 0 && site != "same-origin" && site != "none")
            return true;
        var origin = request.Headers.Origin;
        return origin.Count > 0
            && !(Uri.TryCreate(origin.ToString(), UriKind.Absolute, out var uri) && uri.Authority.Equals(request.Host.Value, StringComparison.OrdinalIgnoreCase));
    }

    private static bool IsOfProxy(string header) =>
        header.StartsWith("X-Forwarded", StringComparison.OrdinalIgnoreCase)
        || header.Equals("Forwarded", StringComparison.OrdinalIgnoreCase)
        || header.Equals("Via", StringComparison.OrdinalIgnoreCase)
        || header.Equals("X-Real-IP", StringComparison.OrdinalIgnoreCase);

    private static bool IsLoopback(HostString host)
    {
        var name = host.Host.Trim('[', ']');
        return name.Equals("localhost", StringComparison.OrdinalIgnoreCase) || (IPAddress.TryParse(name, out var address) && IPAddress.IsLoopback(address));
    }

    private static string? BearerOf(HttpRequest request) =>
        request.Headers.Authorization.ToString() is { Length: > 7 } value && value.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase) ? value[7..].Trim() : null;

    [LoggerMessage(1, LogLevel.Information, "somebody has signed in to the dashboard  address={Address}")]
    private static partial void LogSignedIn(ILogger logger, string address);

    [LoggerMessage(2, LogLevel.Warning, "a wrong {What} for the dashboard  address={Address}")]
    private static partial void LogRefused(ILogger logger, string what, string address);
}
