using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Sockudo.Server.Hosting;

/// <summary>Embeds the server in an ASP.NET Core application.</summary>
public static class SockudoEndpointRouteBuilderExtensions
{
    // Below the path prefix; the server does the rest of the routing on the raw target, which signatures are made over.
    private static readonly string[] Routes =
        ["app/{**rest}", "apps/{**rest}", "users/{**rest}", "up/{**rest}", "live/{**rest}", "usage/{**rest}"];

    /// <summary>
    /// Maps the WebSocket endpoint (ordinary upgrades and HTTP/2 extended CONNECT), the HTTP API and the health endpoints.
    /// Needs <see cref="SockudoServiceCollectionExtensions.AddSockudo"/>. No WebSocket middleware is needed.
    /// </summary>
    /// <param name="endpoints">The application's routes.</param>
    public static IEndpointConventionBuilder MapSockudo(this IEndpointRouteBuilder endpoints)
    {
        ArgumentNullException.ThrowIfNull(endpoints);
        var server = endpoints.ServiceProvider.GetRequiredService<SockudoServer>();
        var group = endpoints.MapGroup(server.PathPrefix);
        foreach (var route in Routes)
            group.Map(route, server.HandleRequestAsync);
        return group;
    }
}
