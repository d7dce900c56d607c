using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Sockudo.Listeners;

/// <summary>
/// What Kestrel's TLS asks a container for; its metrics class is not public, so a web application that never runs has to make
/// it. Only a server with TLS pays for that.
/// </summary>
internal static class TlsServices
{
    public static IServiceProvider Create(ILoggerFactory loggers)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration();
        builder.Services.AddSingleton(loggers);
        return builder.Build().Services;
    }
}
