using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;

namespace Sockudo.Server.Hosting;

/// <summary>Embeds the server in an ASP.NET Core application.</summary>
public static class SockudoListenOptionsExtensions
{
    /// <summary>
    /// Takes WebSockets over before the HTTP layer sees them: half the memory per connection and frames sent straight to the
    /// socket. Call it after <c>UseHttps</c>. What is no upgrade for <c>/app/{key}</c> goes on to HTTP untouched.
    /// Needs <see cref="SockudoServiceCollectionExtensions.AddSockudo"/>.
    /// </summary>
    /// <param name="listenOptions">The listener.</param>
    public static ListenOptions UseSockudo(this ListenOptions listenOptions)
    {
        ArgumentNullException.ThrowIfNull(listenOptions);
        var server = listenOptions.ApplicationServices.GetRequiredService<SockudoServer>();
        listenOptions.Use(next => connection => server.OnConnectionAsync(connection, next));
        return listenOptions;
    }
}
