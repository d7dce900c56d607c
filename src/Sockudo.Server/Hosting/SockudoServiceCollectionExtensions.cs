using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Sockudo.Server.Apps;
using Sockudo.Server.Caching;
using Sockudo.Server.Limits;
using Sockudo.Server.Metrics;
using Sockudo.Server.Options;
using Sockudo.Server.Webhooks;

namespace Sockudo.Server.Hosting;

/// <summary>Embeds the server in an ASP.NET Core application.</summary>
public static class SockudoServiceCollectionExtensions
{
    /// <summary>
    /// Adds the server with everything in memory. Register an <see cref="IAppStore"/>, <see cref="IEventCache"/>,
    /// <see cref="IRateLimiter"/> or <see cref="TimeProvider"/> of your own before to use that instead. Connections come in through
    /// <see cref="SockudoEndpointRouteBuilderExtensions.MapSockudo"/>, or faster through
    /// <see cref="SockudoListenOptionsExtensions.UseSockudo"/> as well. What is measured is a meter named <c>Sockudo</c>, spans come
    /// from a source of the same name.
    /// </summary>
    /// <param name="services">The application's services.</param>
    /// <param name="options">Options; the keys that concern listeners and backends are the application's own affair.</param>
    public static IServiceCollection AddSockudo(this IServiceCollection services, SockudoOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<IAppStore>(_ => new MemoryAppStore(options.AppManager.Array.Apps));
        services.TryAddSingleton<IEventCache>(provider =>
            new MemoryEventCache(options.Cache.Memory, provider.GetRequiredService<TimeProvider>()));
        services.TryAddSingleton<IRateLimiter>(provider => new MemoryRateLimiter(provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton(provider => CreateWebhooks(options, provider));
        services.AddSingleton(provider => new SockudoServer(
            options,
            provider.GetRequiredService<IAppStore>(),
            provider.GetRequiredService<IEventCache>(),
            provider.GetRequiredService<IRateLimiter>(),
            provider.GetRequiredService<WebhookPipeline>(),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetService<ILoggerFactory>() ?? NullLoggerFactory.Instance));
        services.AddSingleton(provider => CreateMeter(options, provider));
        services.AddHostedService<SockudoHostedService>();
        return services;
    }

    private static string Version => typeof(SockudoServer).Assembly.GetName().Version!.ToString(3);

    private static ServerMeter CreateMeter(SockudoOptions options, IServiceProvider provider)
    {
        var sources = new MetricSources(provider.GetRequiredService<SockudoServer>().Metrics, Version, options.Mode)
        {
            Webhooks = provider.GetRequiredService<WebhookPipeline>(),
        };
        return new ServerMeter(new MetricFamilies(sources), options.Metrics.Prometheus.Prefix, Version);
    }

    private static WebhookPipeline CreateWebhooks(SockudoOptions options, IServiceProvider provider)
    {
        var time = provider.GetRequiredService<TimeProvider>();
        var metrics = new WebhookMetrics();
        return new WebhookPipeline(
            options, new MemoryWebhookQueue(options.Queue, metrics, time), provider.GetRequiredService<IAppStore>(),
            [new HttpWebhookTransport(options.Webhooks.AllowLinkLocal, Version)], options.Queue.Memory.Concurrency, metrics, time,
            provider.GetService<ILoggerFactory>() ?? NullLoggerFactory.Instance);
    }
}
