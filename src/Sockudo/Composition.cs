using Microsoft.Extensions.Logging;
using Sockudo.Configuration;
using Sockudo.Logging;
using Sockudo.Nats;
using Sockudo.Redis;
using Sockudo.Server.Apps;
using Sockudo.Server.Backends;
using Sockudo.Server.Caching;
using Sockudo.Server.Cluster;
using Sockudo.Server.Hosting;
using Sockudo.Server.Limits;
using Sockudo.Server.Metrics;
using Sockudo.Server.Options;
using Sockudo.Server.Webhooks;

namespace Sockudo;

/// <summary>The only place that knows every concrete class: makes the server that a configuration describes.</summary>
internal sealed class Composition : IAsyncDisposable
{
    private readonly ConfigurationSources _sources;
    private readonly IEventCache _cache;
    private readonly List<IBackend> _backends = [];

    /// <param name="sources">Where the configuration came from, to read it again.</param>
    /// <param name="configuration">The configuration, without mistakes.</param>
    /// <param name="version">Version of the program.</param>
    /// <param name="time">The clock.</param>
    /// <param name="bus">Carries messages to other nodes; null = what the configuration says.</param>
    public Composition(ConfigurationSources sources, ConfigurationResult configuration, string version, TimeProvider time, IClusterBus? bus = null)
    {
        _sources = sources;
        Configuration = configuration;
        Version = version;
        NodeName = Options.Instance.ProcessId ?? Guid.NewGuid().ToString("N")[..8];
        Loggers = CreateLoggers(Options, NodeName, time);
        Apps = new MemoryAppStore(Options.AppManager.Array.Apps);
        _cache = Options.Cache.Driver == CacheDriver.None ? new NoEventCache() : new MemoryEventCache(Options.Cache.Memory, time);
        Server = new SockudoServer(
            Options, Apps, _cache, CreateRateLimiter(time), new DroppedWebhooks(), time, Loggers, bus ?? CreateBus(Options, NodeName, time, Loggers), NodeName,
            [.. _backends.Select(static backend => backend.State)]);
    }

    public ConfigurationResult Configuration { get; }

    public SockudoOptions Options => Configuration.Options;

    public string Version { get; }

    /// <summary>Name of this node in logs.</summary>
    public string NodeName { get; }

    public ILoggerFactory Loggers { get; }

    public MemoryAppStore Apps { get; }

    public SockudoServer Server { get; }

    /// <summary>What the server keeps elsewhere, the cluster's bus not among it: to be started before the server, in this order.</summary>
    public IReadOnlyList<IBackend> Backends => _backends;

    /// <summary>What Prometheus is told.</summary>
    public MetricsReport CreateReport(string metricsPort) => new(
        Server.Metrics,
        Server.Cluster,
        Options.Metrics.Prometheus.Prefix,
        metricsPort,
        Version,
        Options.Mode,
        [
            ("adapter", Choices.NameOf(Options.Adapter.Driver), () => Server.Cluster is not { IsConnected: false }),
            ("app_manager", Choices.NameOf(Options.AppManager.Driver), IsUp("app_manager")),
            ("cache", Choices.NameOf(Options.Cache.Driver), IsUp("cache")),
            ("queue", Choices.NameOf(Options.Queue.Driver), IsUp("queue")),
            ("rate_limiter", Choices.NameOf(Options.RateLimiter.Driver), IsUp("rate_limiter")),
        ]);

    /// <summary>
    /// Reads the configuration again and takes over its apps; a configuration with mistakes changes nothing. Returns what was
    /// read, for the caller to report.
    /// </summary>
    public async Task<ConfigurationResult> ReloadAppsAsync()
    {
        var fresh = ConfigurationLoader.Load(_sources);
        if (fresh.Errors.Count > 0)
            return fresh;
        Apps.Replace(fresh.Options.AppManager.Array.Apps);
        await Server.RefreshAppsAsync(CancellationToken.None).ConfigureAwait(false);
        return fresh;
    }

    public async ValueTask DisposeAsync()
    {
        await Server.DisposeAsync().ConfigureAwait(false);
        (_cache as IDisposable)?.Dispose();
        foreach (var backend in _backends)
            await backend.DisposeAsync().ConfigureAwait(false);
        Loggers.Dispose();
    }

    private IRateLimiter CreateRateLimiter(TimeProvider time)
    {
        if (Options.RateLimiter.Driver is not (RateLimiterDriver.Redis or RateLimiterDriver.RedisCluster))
            return new MemoryRateLimiter(time);
        var limiter = RedisRateLimiter.Create(
            Options.RateLimiter, Options.Database.Redis, Choices.NameOf(Options.RateLimiter.Driver), NodeName, time, Loggers);
        _backends.Add(limiter);
        return limiter;
    }

    private Func<bool> IsUp(string component) => () => Server.Health.StateOf(component) == "ok";

    private static IClusterBus? CreateBus(SockudoOptions options, string node, TimeProvider time, ILoggerFactory loggers) => options.Adapter.Driver switch
    {
        AdapterDriver.Local => null,
        AdapterDriver.Nats => new NatsBus(options.Adapter.Nats, node, time, loggers.CreateLogger("sockudo.cluster")),
        _ => RedisBus.Create(options.Adapter, options.Database.Redis, node, time, loggers),
    };

    private static ConsoleLoggerFactory CreateLoggers(SockudoOptions options, string node, TimeProvider time)
    {
        var logging = options.Logging;
        var text = logging.Filter
            ?? (logging.Level is { } level ? Choices.NameOf(level) : options.Debug ? logging.DebugFilter : logging.ProdFilter);
        if (!LogFilter.TryParse(text, out var filter, out var problem))
            throw new InvalidOperationException(problem);
        var hasColors = logging.Colors == LoggingColors.On || (logging.Colors == LoggingColors.Auto && !Console.IsOutputRedirected);
        LogFormatter formatter = logging.Format == LoggingFormat.Json
            ? new JsonLogFormatter(time, node, options.Debug)
            : new TextLogFormatter(time, logging.IncludeTarget, hasColors, options.Debug);
        return new ConsoleLoggerFactory(filter, formatter, new LogWriter(Console.OpenStandardOutput()));
    }
}
