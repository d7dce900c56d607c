namespace Sockudo.Server.Options;

/// <summary>All settings of the server, immutable. One property per key of the configuration; without an initialiser it has the default.</summary>
public sealed record SockudoOptions
{
    /// <summary>Log level debug unless set otherwise; internal errors carry stack traces in the log.</summary>
    public bool Debug { get; init; }

    /// <summary>IP literal, <c>localhost</c>, host name (all its addresses), <c>::</c> or <c>*</c> (dual stack).</summary>
    public string Host { get; init; } = "0.0.0.0";

    /// <summary>WebSocket and HTTP API; 0 = a free port, printed at start.</summary>
    public int Port { get; init; } = 6001;

    /// <summary>Shown in the start line and the metrics; <c>development</c> or <c>dev</c> silences the warning about demo credentials.</summary>
    public string Mode { get; init; } = "production";

    /// <summary>Prefix of every route of the main listener. A leading slash is added, a trailing one removed.</summary>
    public string PathPrefix { get; init => field = NormalizePathPrefix(value); } = "/";

    /// <summary>Seconds, the upper bound of a graceful stop; 0 = close at once.</summary>
    public int ShutdownGracePeriod { get; init; } = 10;

    /// <summary>Seconds to authorise for apps with <c>enable_authorized_connections</c> (U-18).</summary>
    public int UserAuthenticationTimeout { get; init; } = 3600;

    /// <summary>KiB of an inbound message, fragments summed (F-11).</summary>
    public int WebsocketMaxPayloadKb { get; init; } = 128;

    /// <summary>Seconds, announced to clients; silence after which the server probes (C-14, H-4).</summary>
    public int ActivityTimeout { get; init; } = 120;

    /// <summary>Seconds to wait after the probe (H-5).</summary>
    public int PongTimeout { get; init; } = 30;

    /// <summary>Seconds for which an unreachable backend is tried again at start; 0 = one attempt.</summary>
    public int StartupTimeout { get; init; } = 10;

    /// <summary>Section <c>instance</c>.</summary>
    public InstanceOptions Instance { get; init; } = new();

    /// <summary>Section <c>websocket</c>.</summary>
    public WebsocketOptions Websocket { get; init; } = new();

    /// <summary>Section <c>unix_socket</c>.</summary>
    public UnixSocketOptions UnixSocket { get; init; } = new();

    /// <summary>Section <c>adapter</c>.</summary>
    public AdapterOptions Adapter { get; init; } = new();

    /// <summary>Section <c>app_manager</c>.</summary>
    public AppManagerOptions AppManager { get; init; } = new();

    /// <summary>Section <c>cache</c>.</summary>
    public CacheOptions Cache { get; init; } = new();

    /// <summary>Section <c>database</c>.</summary>
    public DatabaseOptions Database { get; init; } = new();

    /// <summary>Section <c>database_pooling</c>.</summary>
    public DatabasePoolingOptions DatabasePooling { get; init; } = new();

    /// <summary>Section <c>channel_limits</c>.</summary>
    public ChannelLimitsOptions ChannelLimits { get; init; } = new();

    /// <summary>Section <c>event_limits</c>.</summary>
    public EventLimitsOptions EventLimits { get; init; } = new();

    /// <summary>Section <c>presence</c>.</summary>
    public PresenceOptions Presence { get; init; } = new();

    /// <summary>Section <c>http_api</c>.</summary>
    public HttpApiOptions HttpApi { get; init; } = new();

    /// <summary>Section <c>cors</c>.</summary>
    public CorsOptions Cors { get; init; } = new();

    /// <summary>Section <c>queue</c>.</summary>
    public QueueOptions Queue { get; init; } = new();

    /// <summary>Section <c>rate_limiter</c>.</summary>
    public RateLimiterOptions RateLimiter { get; init; } = new();

    /// <summary>Section <c>metrics</c>.</summary>
    public MetricsOptions Metrics { get; init; } = new();

    /// <summary>Section <c>dashboard</c>.</summary>
    public DashboardOptions Dashboard { get; init; } = new();

    /// <summary>Section <c>ssl</c>.</summary>
    public SslOptions Ssl { get; init; } = new();

    /// <summary>Section <c>webhooks</c>.</summary>
    public WebhooksOptions Webhooks { get; init; } = new();

    /// <summary>Section <c>logging</c>.</summary>
    public LoggingOptions Logging { get; init; } = new();

    // operations.md 2.4.
    internal static string NormalizePathPrefix(string prefix) => "/" + prefix.Trim('/');
}
