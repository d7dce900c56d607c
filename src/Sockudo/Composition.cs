using Microsoft.Extensions.Logging;
using Sockudo.Aws;
using Sockudo.Configuration;
using Sockudo.Dashboard;
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
using Sockudo.Sql;

namespace Sockudo;

/// <summary>The only place that knows every concrete class: makes the server that a configuration describes.</summary>
internal sealed class Composition : IAsyncDisposable
{
    private static readonly TimeSpan IdleAppsInterval = TimeSpan.FromMinutes(5);

    // How long a backend may take to let go.
    private static readonly TimeSpan EndPatience = TimeSpan.FromSeconds(2);

    private readonly ConfigurationSources _sources;
    private readonly TimeProvider _time;
    private readonly IEventCache _cache;
    private readonly HttpWebhookTransport _http;
    private readonly LambdaWebhookTransport _lambda = new();
    private readonly List<IBackend> _backends = [];
    private readonly CancellationTokenSource _stopped = new();
    private Task _lookingAfterApps = Task.CompletedTask;
    private long _idleAppsRefreshed;

    /// <param name="sources">Where the configuration came from, to read it again.</param>
    /// <param name="configuration">The configuration, without mistakes.</param>
    /// <param name="version">Version of the program.</param>
    /// <param name="time">The clock.</param>
    /// <param name="bus">Carries messages to other nodes; null = what the configuration says.</param>
    public Composition(ConfigurationSources sources, ConfigurationResult configuration, string version, TimeProvider time, IClusterBus? bus = null)
    {
        _sources = sources;
        _time = time;
        _idleAppsRefreshed = time.GetTimestamp();
        Configuration = configuration;
        Version = version;
        NodeName = Options.Instance.ProcessId ?? Guid.NewGuid().ToString("N")[..8];
        Loggers = CreateLoggers(Options, NodeName, sources.Environment, time);
        _http = new HttpWebhookTransport(Options.Webhooks.AllowLinkLocal, version);
        AppDatabase = AppDatabases.Create(Options, time, Loggers);
        if (AppDatabase is not null)
        {
            var logger = Loggers.CreateLogger("sockudo.apps");
            StoredApps = new CachedAppStore(AppDatabase, new StoredAppReader(logger).Read, AppDatabases.CacheOf(Options), time, logger);
            _backends.Add(AppDatabase);
        }

        ConfiguredApps = new MemoryAppStore(Options.AppManager.Array.Apps);
        _cache = CreateCache(time);
        Webhooks = CreateWebhooks(time);
        Server = new SockudoServer(
            Options, (IAppStore?)StoredApps ?? ConfiguredApps, _cache, CreateRateLimiter(time), (IWebhookSink?)Webhooks ?? new NoWebhooks(), time, Loggers, bus ?? CreateBus(Options, NodeName, time, Loggers), NodeName,
            [.. _backends.Select(static backend => backend.State)]);
        if (StoredApps is not null && Server.Cluster is { } cluster)
            cluster.AppsChanged = StoredApps.Expire;
    }

    public ConfigurationResult Configuration { get; }

    public SockudoOptions Options => Configuration.Options;

    public string Version { get; }

    /// <summary>Name of this node in logs.</summary>
    public string NodeName { get; }

    public ILoggerFactory Loggers { get; }

    /// <summary>The apps of the configuration: those that are served, or with a database those that it is given at start.</summary>
    public MemoryAppStore ConfiguredApps { get; }

    /// <summary>Where the apps are, if not in the configuration.</summary>
    public IAppDatabase? AppDatabase { get; }

    /// <summary>The apps of the database, if there is one.</summary>
    public CachedAppStore? StoredApps { get; }

    public SockudoServer Server { get; }

    /// <summary>Delivers webhooks; null if there is no queue.</summary>
    public WebhookPipeline? Webhooks { get; }

    /// <summary>What the server keeps elsewhere, the cluster's bus not among it: to be started before the server, in this order.</summary>
    public IReadOnlyList<IBackend> Backends => _backends;

    /// <summary>What is measured.</summary>
    /// <param name="certificateExpires">End of validity of the certificate in use; null without TLS.</param>
    public MetricFamilies CreateMetrics(Func<DateTimeOffset?> certificateExpires) => new(new MetricSources(Server.Metrics, Version, Options.Mode)
    {
        Cluster = Server.Cluster,
        AppLookups = StoredApps?.Lookups,
        Webhooks = Webhooks,
        CertificateExpires = certificateExpires,
        Backends =
        [
            ("adapter", Choices.NameOf(Options.Adapter.Driver), () => Server.Cluster is not { IsConnected: false }),
            ("app_manager", Choices.NameOf(Options.AppManager.Driver), IsUp("app_manager")),
            ("cache", Choices.NameOf(Options.Cache.Driver), IsUp("cache")),
            ("queue", Choices.NameOf(Options.Queue.Driver), IsUp("queue")),
            ("rate_limiter", Choices.NameOf(Options.RateLimiter.Driver), IsUp("rate_limiter")),
        ],
    });

    /// <summary>Answers the requests of the dashboard's listener.</summary>
    /// <param name="stopping">Ends answers that have no end of their own.</param>
    public DashboardSite CreateDashboard(CancellationToken stopping)
    {
        var logger = Loggers.CreateLogger("sockudo.dashboard");
        var api = new AdminApi(
            new NodeEndpoints(Server, Webhooks, Options, NodeName, Version, _time),
            new AppEndpoints(Server, StoredApps is null ? ConfiguredApps : null, Options, logger),
            new WebhookEndpoints(Webhooks, Server.Apps, Server.Tail, logger),
            new TailEndpoint(Server.Tail, _time, stopping));
        return new DashboardSite(new DashboardAccess(Options.Dashboard, _time, logger), api, logger);
    }

    /// <summary>Keeps the apps of the database up to date from now on.</summary>
    public void LookAfterApps() =>
        _lookingAfterApps = StoredApps?.RunAsync(RefreshStoredAppsAsync, Server.Apps.HasConnections, _stopped.Token) ?? Task.CompletedTask;

    /// <summary>
    /// Reads the configuration again and takes over its apps, or looks those of the database up again on all nodes; a configuration with mistakes changes nothing.
    /// Returns what was read, for the caller to report.
    /// </summary>
    public async Task<ConfigurationResult> ReloadAppsAsync()
    {
        var fresh = ConfigurationLoader.Load(_sources);
        if (fresh.Errors.Count > 0)
            return fresh;
        if (StoredApps is not null)
        {
            StoredApps.Expire(null);
            Server.Cluster?.TellAppsChanged();
            return fresh;
        }

        ConfiguredApps.Replace(fresh.Options.AppManager.Array.Apps);
        await Server.RefreshAppsAsync(includesIdle: true, CancellationToken.None).ConfigureAwait(false);
        return fresh;
    }

    public async ValueTask DisposeAsync()
    {
        await _stopped.CancelAsync().ConfigureAwait(false);
        await _lookingAfterApps.ConfigureAwait(false);
        await Server.DisposeAsync().ConfigureAwait(false);
        if (Webhooks is not null)
            await EndAsync(Webhooks).ConfigureAwait(false);
        _http.Dispose();
        _lambda.Dispose();
        (_cache as IDisposable)?.Dispose();
        await Task.WhenAll(_backends.Select(EndAsync)).ConfigureAwait(false);
        _stopped.Dispose();
        Loggers.Dispose();
    }

    // A silent backend would be waited for as long as for each command in progress, and the process would outlive its grace period.
    private async Task EndAsync(IAsyncDisposable part)
    {
        try
        {
            await part.DisposeAsync().AsTask().WaitAsync(EndPatience, _time).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            // The end of the process closes its connections.
        }
    }

    private IEventCache CreateCache(TimeProvider time)
    {
        if (Options.Cache.Driver is CacheDriver.None)
            return new NoEventCache();
        if (Options.Cache.Driver is CacheDriver.Memory)
            return new MemoryEventCache(Options.Cache.Memory, time);
        var cache = RedisEventCache.Create(Options.Cache, Options.Database.Redis, Choices.NameOf(Options.Cache.Driver), NodeName, time, Loggers);
        _backends.Add(cache);
        return cache;
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

    private WebhookPipeline? CreateWebhooks(TimeProvider time)
    {
        if (Options.Queue.Driver == QueueDriver.None)
            return null;
        var metrics = new WebhookMetrics();
        var queue = CreateQueue(metrics, time);
        if (queue is IBackend backend)
            _backends.Add(backend);
        var atOnce = Options.Queue.Driver switch
        {
            QueueDriver.Redis => Options.Queue.Redis.Concurrency,
            QueueDriver.RedisCluster => Options.Queue.RedisCluster.Concurrency,
            QueueDriver.Sqs => Options.Queue.Sqs.Concurrency,
            _ => Options.Queue.Memory.Concurrency,
        };
        return new WebhookPipeline(
            Options, queue, (IAppStore?)StoredApps ?? ConfiguredApps, [_http, _lambda], atOnce, metrics, time, Loggers);
    }

    private IWebhookQueue CreateQueue(WebhookMetrics metrics, TimeProvider time) => Options.Queue.Driver switch
    {
        QueueDriver.Sqlite => new SqliteWebhookQueue(Options.Database.Sqlite.Path, Options.Queue, time, Loggers.CreateLogger("sockudo.queue")),
        QueueDriver.Redis or QueueDriver.RedisCluster =>
            RedisWebhookQueue.Create(Options.Queue, Options.Database.Redis, Choices.NameOf(Options.Queue.Driver), NodeName, time, Loggers),
        QueueDriver.Sqs => new SqsWebhookQueue(Options.Queue.Sqs, time, Loggers.CreateLogger("sockudo.queue")),
        _ => new MemoryWebhookQueue(Options.Queue, metrics, time),
    };

    // Apps that nobody is connected to are looked up now and then only, for each is a query when its time in the cache is over.
    private Task RefreshStoredAppsAsync(CancellationToken cancellationToken)
    {
        var includesIdle = _time.GetElapsedTime(_idleAppsRefreshed) >= IdleAppsInterval;
        if (includesIdle)
            _idleAppsRefreshed = _time.GetTimestamp();
        return Server.RefreshAppsAsync(includesIdle, cancellationToken);
    }

    private Func<bool> IsUp(string component) => () => Server.Health.StateOf(component) == "ok";

    /// <summary>The bus to other nodes, not started; null for a node by itself.</summary>
    public static IClusterBus? CreateBus(SockudoOptions options, string node, TimeProvider time, ILoggerFactory loggers) => options.Adapter.Driver switch
    {
        AdapterDriver.Local => null,
        AdapterDriver.Nats => new NatsBus(options.Adapter.Nats, node, time, loggers.CreateLogger("sockudo.cluster")),
        _ => RedisBus.Create(options.Adapter, options.Database.Redis, node, time, loggers),
    };

    private static ConsoleLoggerFactory CreateLoggers(
        SockudoOptions options, string node, IReadOnlyDictionary<string, string> environment, TimeProvider time)
    {
        var logging = options.Logging;
        var text = logging.Filter
            ?? (logging.Level is { } level ? Choices.NameOf(level) : options.Debug ? logging.DebugFilter : logging.ProdFilter);
        if (!LogFilter.TryParse(text, out var filter, out var problem))
            throw new InvalidOperationException(problem);
        var hasColors = TextLogFormatter.WantsColors(logging.Colors, !Console.IsOutputRedirected, environment);
        LogFormatter formatter = logging.Format == LoggingFormat.Json
            ? new JsonLogFormatter(time, node, options.Debug)
            : new TextLogFormatter(time, logging.IncludeTarget, hasColors, options.Debug);
        return new ConsoleLoggerFactory(filter, formatter, new LogWriter(Console.OpenStandardOutput()), time);
    }
}
