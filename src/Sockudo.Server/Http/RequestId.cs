using Microsoft.AspNetCore.Http;

namespace Sockudo.Server.Http;

/// <summary>By what a request is found in the logs.</summary>
internal static class RequestId
{
    private const int MaxLength = 128;

    /// <summary>The id that a proxy has given it in <c>X-Request-Id</c>, so that its log and ours can be laid side by side; else one of our own.</summary>
    public static string Of(HttpContext context)
    {
        var given = context.Request.Headers["X-Request-Id"].ToString();
        return given.Length is > 0 and <= MaxLength && given.All(static c => c is > ' ' and <= '~') ? given : context.TraceIdentifier;
    }
}
