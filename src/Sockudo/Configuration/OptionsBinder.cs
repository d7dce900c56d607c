using Sockudo.Server.Options;

namespace Sockudo.Configuration;

/// <summary>Puts the values that were found into the options; whatever was not given keeps its default.</summary>
internal static class OptionsBinder
{
    public static SockudoOptions Bind(ResolvedValues values)
    {
        var defaults = new SockudoOptions();
        return defaults with
        {
            Debug = values.Or("debug", defaults.Debug),
            Host = values.Or("host", defaults.Host),
            Port = values.Or("port", defaults.Port),
            Mode = values.Or("mode", defaults.Mode),
            PathPrefix = values.Or("path_prefix", defaults.PathPrefix),
            ShutdownGracePeriod = values.Or("shutdown_grace_period", defaults.ShutdownGracePeriod),
            UserAuthenticationTimeout = values.Or("user_authentication_timeout", defaults.UserAuthenticationTimeout),
            WebsocketMaxPayloadKb = values.Or("websocket_max_payload_kb", defaults.WebsocketMaxPayloadKb),
            ActivityTimeout = values.Or("activity_timeout", defaults.ActivityTimeout),
            PongTimeout = values.Or("pong_timeout", defaults.PongTimeout),
            StartupTimeout = values.Or("startup_timeout", defaults.StartupTimeout),
            Instance = Instance(values, defaults.Instance),
            Websocket = Websocket(values, defaults.Websocket),
            UnixSocket = UnixSocket(values, defaults.UnixSocket),
            Adapter = Adapter(values, defaults.Adapter),
            AppManager = AppManager(values, defaults.AppManager),
            Cache = Cache(values, defaults.Cache),
            Database = Database(values, defaults.Database),
            DatabasePooling = DatabasePooling(values, defaults.DatabasePooling),
            ChannelLimits = ChannelLimits(values, defaults.ChannelLimits),
            EventLimits = EventLimits(values, defaults.EventLimits),
            Presence = Presence(values, defaults.Presence),
            HttpApi = HttpApi(values, defaults.HttpApi),
            Cors = Cors(values, defaults.Cors),
            Queue = Queue(values, defaults.Queue),
            RateLimiter = RateLimiter(values, defaults.RateLimiter),
            Metrics = Metrics(values, defaults.Metrics),
            Dashboard = Dashboard(values, defaults.Dashboard),
            Ssl = Ssl(values, defaults.Ssl),
            Webhooks = Webhooks(values, defaults.Webhooks),
            Logging = Logging(values, defaults.Logging),
        };
    }

    private static InstanceOptions Instance(ResolvedValues values, InstanceOptions defaults) => defaults with
    {
        ProcessId = values.Or("instance.process_id", defaults.ProcessId),
    };

    private static WebsocketOptions Websocket(ResolvedValues values, WebsocketOptions defaults) => defaults with
    {
        Transport = values.Or("websocket.transport", defaults.Transport),
        MaxPendingBytes = values.Or("websocket.max_pending_bytes", defaults.MaxPendingBytes),
        MaxConnections = values.Or("websocket.max_connections", defaults.MaxConnections),
        MaxSubscriptionsPerConnection = values.Or("websocket.max_subscriptions_per_connection", defaults.MaxSubscriptionsPerConnection),
        Compression = values.Or("websocket.compression", defaults.Compression),
        StrictProtocol = values.Or("websocket.strict_protocol", defaults.StrictProtocol),
        QuotaCloseCode = values.Or("websocket.quota_close_code", defaults.QuotaCloseCode),
        ReacknowledgeSubscriptions = values.Or("websocket.reacknowledge_subscriptions", defaults.ReacknowledgeSubscriptions),
        SubscriptionErrorEvent = values.Or("websocket.subscription_error_event", defaults.SubscriptionErrorEvent),
    };

    private static UnixSocketOptions UnixSocket(ResolvedValues values, UnixSocketOptions defaults) => defaults with
    {
        Enabled = values.Or("unix_socket.enabled", defaults.Enabled),
        Path = values.Or("unix_socket.path", defaults.Path),
        PermissionMode = values.Or("unix_socket.permission_mode", defaults.PermissionMode),
    };

    private static AdapterOptions Adapter(ResolvedValues values, AdapterOptions defaults) => defaults with
    {
        Driver = values.Or("adapter.driver", defaults.Driver),
        Redis = defaults.Redis with
        {
            Prefix = values.Or("adapter.redis.prefix", defaults.Redis.Prefix),
            RequestsTimeout = values.Or("adapter.redis.requests_timeout", defaults.Redis.RequestsTimeout),
            RedisPubOptions = defaults.Redis.RedisPubOptions with
            {
                Url = values.Or("adapter.redis.redis_pub_options.url", defaults.Redis.RedisPubOptions.Url),
            },
            RedisSubOptions = defaults.Redis.RedisSubOptions with
            {
                Url = values.Or("adapter.redis.redis_sub_options.url", defaults.Redis.RedisSubOptions.Url),
            },
            ClusterMode = values.Or("adapter.redis.cluster_mode", defaults.Redis.ClusterMode),
        },
        Cluster = defaults.Cluster with
        {
            Nodes = values.Or("adapter.cluster.nodes", defaults.Cluster.Nodes),
            Prefix = values.Or("adapter.cluster.prefix", defaults.Cluster.Prefix),
            RequestTimeoutMs = values.Or("adapter.cluster.request_timeout_ms", defaults.Cluster.RequestTimeoutMs),
        },
        Nats = defaults.Nats with
        {
            Servers = values.Or("adapter.nats.servers", defaults.Nats.Servers),
            Prefix = values.Or("adapter.nats.prefix", defaults.Nats.Prefix),
            RequestTimeoutMs = values.Or("adapter.nats.request_timeout_ms", defaults.Nats.RequestTimeoutMs),
            ConnectionTimeoutMs = values.Or("adapter.nats.connection_timeout_ms", defaults.Nats.ConnectionTimeoutMs),
            Username = values.Or("adapter.nats.username", defaults.Nats.Username),
            Password = values.Or("adapter.nats.password", defaults.Nats.Password),
            Token = values.Or("adapter.nats.token", defaults.Nats.Token),
            NkeySeed = values.Or("adapter.nats.nkey_seed", defaults.Nats.NkeySeed),
            CredentialsFile = values.Or("adapter.nats.credentials_file", defaults.Nats.CredentialsFile),
            Tls = defaults.Nats.Tls with
            {
                Enabled = values.Or("adapter.nats.tls.enabled", defaults.Nats.Tls.Enabled),
                CaPath = values.Or("adapter.nats.tls.ca_path", defaults.Nats.Tls.CaPath),
                CertPath = values.Or("adapter.nats.tls.cert_path", defaults.Nats.Tls.CertPath),
                KeyPath = values.Or("adapter.nats.tls.key_path", defaults.Nats.Tls.KeyPath),
                Insecure = values.Or("adapter.nats.tls.insecure", defaults.Nats.Tls.Insecure),
            },
        },
        ClusterHealth = defaults.ClusterHealth with
        {
            HeartbeatIntervalMs = values.Or("adapter.cluster_health.heartbeat_interval_ms", defaults.ClusterHealth.HeartbeatIntervalMs),
            NodeTimeoutMs = values.Or("adapter.cluster_health.node_timeout_ms", defaults.ClusterHealth.NodeTimeoutMs),
            IsolationTimeoutMs = values.Or("adapter.cluster_health.isolation_timeout_ms", defaults.ClusterHealth.IsolationTimeoutMs),
            DrainHoldMs = values.Or("adapter.cluster_health.drain_hold_ms", defaults.ClusterHealth.DrainHoldMs),
        },
    };

    private static AppManagerOptions AppManager(ResolvedValues values, AppManagerOptions defaults) => defaults with
    {
        Driver = values.Or("app_manager.driver", defaults.Driver),
        Array = defaults.Array with
        {
            Apps = values.Or("app_manager.array.apps", defaults.Array.Apps),
        },
        AutoMigrate = values.Or("app_manager.auto_migrate", defaults.AutoMigrate),
        Cache = defaults.Cache with
        {
            Enabled = values.Or("app_manager.cache.enabled", defaults.Cache.Enabled),
            Ttl = values.Or("app_manager.cache.ttl", defaults.Cache.Ttl),
            NegativeTtl = values.Or("app_manager.cache.negative_ttl", defaults.Cache.NegativeTtl),
        },
    };

    private static CacheOptions Cache(ResolvedValues values, CacheOptions defaults) => defaults with
    {
        Driver = values.Or("cache.driver", defaults.Driver),
        Redis = defaults.Redis with
        {
            Prefix = values.Or("cache.redis.prefix", defaults.Redis.Prefix),
            UrlOverride = values.Or("cache.redis.url_override", defaults.Redis.UrlOverride),
            ClusterMode = values.Or("cache.redis.cluster_mode", defaults.Redis.ClusterMode),
        },
        Memory = defaults.Memory with
        {
            Ttl = values.Or("cache.memory.ttl", defaults.Memory.Ttl),
            CleanupInterval = values.Or("cache.memory.cleanup_interval", defaults.Memory.CleanupInterval),
            MaxCapacity = values.Or("cache.memory.max_capacity", defaults.Memory.MaxCapacity),
        },
    };

    private static DatabaseOptions Database(ResolvedValues values, DatabaseOptions defaults) => defaults with
    {
        Redis = defaults.Redis with
        {
            Url = values.Or("database.redis.url", defaults.Redis.Url),
            Host = values.Or("database.redis.host", defaults.Redis.Host),
            Port = values.Or("database.redis.port", defaults.Redis.Port),
            Db = values.Or("database.redis.db", defaults.Redis.Db),
            Username = values.Or("database.redis.username", defaults.Redis.Username),
            Password = values.Or("database.redis.password", defaults.Redis.Password),
            KeyPrefix = values.Or("database.redis.key_prefix", defaults.Redis.KeyPrefix),
            Tls = defaults.Redis.Tls with
            {
                Enabled = values.Or("database.redis.tls.enabled", defaults.Redis.Tls.Enabled),
                CaPath = values.Or("database.redis.tls.ca_path", defaults.Redis.Tls.CaPath),
                CertPath = values.Or("database.redis.tls.cert_path", defaults.Redis.Tls.CertPath),
                KeyPath = values.Or("database.redis.tls.key_path", defaults.Redis.Tls.KeyPath),
                Insecure = values.Or("database.redis.tls.insecure", defaults.Redis.Tls.Insecure),
            },
            Sentinels = values.Or("database.redis.sentinels", defaults.Redis.Sentinels),
            SentinelUsername = values.Or("database.redis.sentinel_username", defaults.Redis.SentinelUsername),
            SentinelPassword = values.Or("database.redis.sentinel_password", defaults.Redis.SentinelPassword),
            Name = values.Or("database.redis.name", defaults.Redis.Name),
            ClusterNodes = values.Or("database.redis.cluster_nodes", defaults.Redis.ClusterNodes),
            ConnectTimeoutMs = values.Or("database.redis.connect_timeout_ms", defaults.Redis.ConnectTimeoutMs),
            CommandTimeoutMs = values.Or("database.redis.command_timeout_ms", defaults.Redis.CommandTimeoutMs),
        },
        Sqlite = defaults.Sqlite with
        {
            Path = values.Or("database.sqlite.path", defaults.Sqlite.Path),
        },
        Mysql = defaults.Mysql with
        {
            Url = values.Or("database.mysql.url", defaults.Mysql.Url),
            Host = values.Or("database.mysql.host", defaults.Mysql.Host),
            Port = values.Or("database.mysql.port", defaults.Mysql.Port),
            Username = values.Or("database.mysql.username", defaults.Mysql.Username),
            Password = values.Or("database.mysql.password", defaults.Mysql.Password),
            Database = values.Or("database.mysql.database", defaults.Mysql.Database),
            TableName = values.Or("database.mysql.table_name", defaults.Mysql.TableName),
            ConnectionPoolSize = values.Or("database.mysql.connection_pool_size", defaults.Mysql.ConnectionPoolSize),
            CacheTtl = values.Or("database.mysql.cache_ttl", defaults.Mysql.CacheTtl),
            CacheCleanupInterval = values.Or("database.mysql.cache_cleanup_interval", defaults.Mysql.CacheCleanupInterval),
            CacheMaxCapacity = values.Or("database.mysql.cache_max_capacity", defaults.Mysql.CacheMaxCapacity),
            TlsMode = values.Or("database.mysql.tls_mode", defaults.Mysql.TlsMode),
            TlsCaPath = values.Or("database.mysql.tls_ca_path", defaults.Mysql.TlsCaPath),
        },
        Postgres = defaults.Postgres with
        {
            Url = values.Or("database.postgres.url", defaults.Postgres.Url),
            Host = values.Or("database.postgres.host", defaults.Postgres.Host),
            Port = values.Or("database.postgres.port", defaults.Postgres.Port),
            Username = values.Or("database.postgres.username", defaults.Postgres.Username),
            Password = values.Or("database.postgres.password", defaults.Postgres.Password),
            Database = values.Or("database.postgres.database", defaults.Postgres.Database),
            TableName = values.Or("database.postgres.table_name", defaults.Postgres.TableName),
            ConnectionPoolSize = values.Or("database.postgres.connection_pool_size", defaults.Postgres.ConnectionPoolSize),
            CacheTtl = values.Or("database.postgres.cache_ttl", defaults.Postgres.CacheTtl),
            CacheCleanupInterval = values.Or("database.postgres.cache_cleanup_interval", defaults.Postgres.CacheCleanupInterval),
            CacheMaxCapacity = values.Or("database.postgres.cache_max_capacity", defaults.Postgres.CacheMaxCapacity),
            TlsMode = values.Or("database.postgres.tls_mode", defaults.Postgres.TlsMode),
            TlsCaPath = values.Or("database.postgres.tls_ca_path", defaults.Postgres.TlsCaPath),
        },
        Dynamodb = defaults.Dynamodb with
        {
            Region = values.Or("database.dynamodb.region", defaults.Dynamodb.Region),
            TableName = values.Or("database.dynamodb.table_name", defaults.Dynamodb.TableName),
            EndpointUrl = values.Or("database.dynamodb.endpoint_url", defaults.Dynamodb.EndpointUrl),
            AwsAccessKeyId = values.Or("database.dynamodb.aws_access_key_id", defaults.Dynamodb.AwsAccessKeyId),
            AwsSecretAccessKey = values.Or("database.dynamodb.aws_secret_access_key", defaults.Dynamodb.AwsSecretAccessKey),
            AwsSessionToken = values.Or("database.dynamodb.aws_session_token", defaults.Dynamodb.AwsSessionToken),
            AwsProfileName = values.Or("database.dynamodb.aws_profile_name", defaults.Dynamodb.AwsProfileName),
        },
    };

    private static DatabasePoolingOptions DatabasePooling(ResolvedValues values, DatabasePoolingOptions defaults) => defaults with
    {
        Enabled = values.Or("database_pooling.enabled", defaults.Enabled),
        Min = values.Or("database_pooling.min", defaults.Min),
        Max = values.Or("database_pooling.max", defaults.Max),
    };

    private static ChannelLimitsOptions ChannelLimits(ResolvedValues values, ChannelLimitsOptions defaults) => defaults with
    {
        MaxNameLength = values.Or("channel_limits.max_name_length", defaults.MaxNameLength),
        CacheTtl = values.Or("channel_limits.cache_ttl", defaults.CacheTtl),
    };

    private static EventLimitsOptions EventLimits(ResolvedValues values, EventLimitsOptions defaults) => defaults with
    {
        MaxChannelsAtOnce = values.Or("event_limits.max_channels_at_once", defaults.MaxChannelsAtOnce),
        MaxNameLength = values.Or("event_limits.max_name_length", defaults.MaxNameLength),
        MaxPayloadInKb = values.Or("event_limits.max_payload_in_kb", defaults.MaxPayloadInKb),
        MaxBatchSize = values.Or("event_limits.max_batch_size", defaults.MaxBatchSize),
        MaxClientEventsPerSecond = values.Or("event_limits.max_client_events_per_second", defaults.MaxClientEventsPerSecond),
    };

    private static PresenceOptions Presence(ResolvedValues values, PresenceOptions defaults) => defaults with
    {
        MaxMembersPerChannel = values.Or("presence.max_members_per_channel", defaults.MaxMembersPerChannel),
        MaxMemberSizeInKb = values.Or("presence.max_member_size_in_kb", defaults.MaxMemberSizeInKb),
    };

    private static HttpApiOptions HttpApi(ResolvedValues values, HttpApiOptions defaults) => defaults with
    {
        RequestLimitInMb = values.Or("http_api.request_limit_in_mb", defaults.RequestLimitInMb),
        AcceptTraffic = defaults.AcceptTraffic with
        {
            MemoryThreshold = values.Or("http_api.accept_traffic.memory_threshold", defaults.AcceptTraffic.MemoryThreshold),
        },
        UsageEnabled = values.Or("http_api.usage_enabled", defaults.UsageEnabled),
    };

    private static CorsOptions Cors(ResolvedValues values, CorsOptions defaults) => defaults with
    {
        Origin = values.Or("cors.origin", defaults.Origin),
        Methods = values.Or("cors.methods", defaults.Methods),
        AllowedHeaders = values.Or("cors.allowed_headers", defaults.AllowedHeaders),
        Credentials = values.Or("cors.credentials", defaults.Credentials),
    };

    private static QueueOptions Queue(ResolvedValues values, QueueOptions defaults) => defaults with
    {
        Driver = values.Or("queue.driver", defaults.Driver),
        DeadLetterMax = values.Or("queue.dead_letter_max", defaults.DeadLetterMax),
        Memory = defaults.Memory with
        {
            Concurrency = values.Or("queue.memory.concurrency", defaults.Memory.Concurrency),
            MaxJobs = values.Or("queue.memory.max_jobs", defaults.Memory.MaxJobs),
        },
        Redis = defaults.Redis with
        {
            Concurrency = values.Or("queue.redis.concurrency", defaults.Redis.Concurrency),
            Prefix = values.Or("queue.redis.prefix", defaults.Redis.Prefix),
            UrlOverride = values.Or("queue.redis.url_override", defaults.Redis.UrlOverride),
            ClusterMode = values.Or("queue.redis.cluster_mode", defaults.Redis.ClusterMode),
            LeaseMs = values.Or("queue.redis.lease_ms", defaults.Redis.LeaseMs),
        },
        RedisCluster = defaults.RedisCluster with
        {
            Concurrency = values.Or("queue.redis_cluster.concurrency", defaults.RedisCluster.Concurrency),
            Prefix = values.Or("queue.redis_cluster.prefix", defaults.RedisCluster.Prefix),
            Nodes = values.Or("queue.redis_cluster.nodes", defaults.RedisCluster.Nodes),
            RequestTimeoutMs = values.Or("queue.redis_cluster.request_timeout_ms", defaults.RedisCluster.RequestTimeoutMs),
        },
        Sqs = defaults.Sqs with
        {
            Region = values.Or("queue.sqs.region", defaults.Sqs.Region),
            EndpointUrl = values.Or("queue.sqs.endpoint_url", defaults.Sqs.EndpointUrl),
            QueueUrlPrefix = values.Or("queue.sqs.queue_url_prefix", defaults.Sqs.QueueUrlPrefix),
            QueueName = values.Or("queue.sqs.queue_name", defaults.Sqs.QueueName),
            CreateQueue = values.Or("queue.sqs.create_queue", defaults.Sqs.CreateQueue),
            VisibilityTimeout = values.Or("queue.sqs.visibility_timeout", defaults.Sqs.VisibilityTimeout),
            MaxMessages = values.Or("queue.sqs.max_messages", defaults.Sqs.MaxMessages),
            WaitTimeSeconds = values.Or("queue.sqs.wait_time_seconds", defaults.Sqs.WaitTimeSeconds),
            Concurrency = values.Or("queue.sqs.concurrency", defaults.Sqs.Concurrency),
            Fifo = values.Or("queue.sqs.fifo", defaults.Sqs.Fifo),
            MessageGroupId = values.Or("queue.sqs.message_group_id", defaults.Sqs.MessageGroupId),
            DeadLetterQueue = values.Or("queue.sqs.dead_letter_queue", defaults.Sqs.DeadLetterQueue),
        },
    };

    private static RateLimiterOptions RateLimiter(ResolvedValues values, RateLimiterOptions defaults) => defaults with
    {
        Enabled = values.Or("rate_limiter.enabled", defaults.Enabled),
        Driver = values.Or("rate_limiter.driver", defaults.Driver),
        FailOpen = values.Or("rate_limiter.fail_open", defaults.FailOpen),
        ApiRateLimit = defaults.ApiRateLimit with
        {
            MaxRequests = values.Or("rate_limiter.api_rate_limit.max_requests", defaults.ApiRateLimit.MaxRequests),
            WindowSeconds = values.Or("rate_limiter.api_rate_limit.window_seconds", defaults.ApiRateLimit.WindowSeconds),
            Identifier = values.Or("rate_limiter.api_rate_limit.identifier", defaults.ApiRateLimit.Identifier),
            TrustHops = values.Or("rate_limiter.api_rate_limit.trust_hops", defaults.ApiRateLimit.TrustHops),
        },
        WebsocketRateLimit = defaults.WebsocketRateLimit with
        {
            MaxRequests = values.Or("rate_limiter.websocket_rate_limit.max_requests", defaults.WebsocketRateLimit.MaxRequests),
            WindowSeconds = values.Or("rate_limiter.websocket_rate_limit.window_seconds", defaults.WebsocketRateLimit.WindowSeconds),
            Identifier = values.Or("rate_limiter.websocket_rate_limit.identifier", defaults.WebsocketRateLimit.Identifier),
            TrustHops = values.Or("rate_limiter.websocket_rate_limit.trust_hops", defaults.WebsocketRateLimit.TrustHops),
        },
        Redis = defaults.Redis with
        {
            Prefix = values.Or("rate_limiter.redis.prefix", defaults.Redis.Prefix),
            UrlOverride = values.Or("rate_limiter.redis.url_override", defaults.Redis.UrlOverride),
            ClusterMode = values.Or("rate_limiter.redis.cluster_mode", defaults.Redis.ClusterMode),
        },
    };

    private static MetricsOptions Metrics(ResolvedValues values, MetricsOptions defaults) => defaults with
    {
        Enabled = values.Or("metrics.enabled", defaults.Enabled),
        Driver = values.Or("metrics.driver", defaults.Driver),
        Host = values.Or("metrics.host", defaults.Host),
        Port = values.Or("metrics.port", defaults.Port),
        Prometheus = defaults.Prometheus with
        {
            Prefix = values.Or("metrics.prometheus.prefix", defaults.Prometheus.Prefix),
        },
    };

    private static DashboardOptions Dashboard(ResolvedValues values, DashboardOptions defaults) => defaults with
    {
        Enabled = values.Or("dashboard.enabled", defaults.Enabled),
        Host = values.Or("dashboard.host", defaults.Host),
        Port = values.Or("dashboard.port", defaults.Port),
        Password = values.Or("dashboard.password", defaults.Password),
        Token = values.Or("dashboard.token", defaults.Token),
        ShowPayloads = values.Or("dashboard.show_payloads", defaults.ShowPayloads),
    };

    private static SslOptions Ssl(ResolvedValues values, SslOptions defaults) => defaults with
    {
        Enabled = values.Or("ssl.enabled", defaults.Enabled),
        CertPath = values.Or("ssl.cert_path", defaults.CertPath),
        KeyPath = values.Or("ssl.key_path", defaults.KeyPath),
        Passphrase = values.Or("ssl.passphrase", defaults.Passphrase),
        CaPath = values.Or("ssl.ca_path", defaults.CaPath),
        MinVersion = values.Or("ssl.min_version", defaults.MinVersion),
        RedirectHttp = values.Or("ssl.redirect_http", defaults.RedirectHttp),
        HttpPort = values.Or("ssl.http_port", defaults.HttpPort),
    };

    private static WebhooksOptions Webhooks(ResolvedValues values, WebhooksOptions defaults) => defaults with
    {
        Batching = defaults.Batching with
        {
            Enabled = values.Or("webhooks.batching.enabled", defaults.Batching.Enabled),
            Duration = values.Or("webhooks.batching.duration", defaults.Batching.Duration),
            Size = values.Or("webhooks.batching.size", defaults.Batching.Size),
        },
        AllowLinkLocal = values.Or("webhooks.allow_link_local", defaults.AllowLinkLocal),
        SmoothingMs = values.Or("webhooks.smoothing_ms", defaults.SmoothingMs),
        CacheMissWindowMs = values.Or("webhooks.cache_miss_window_ms", defaults.CacheMissWindowMs),
        RequestTimeoutMs = values.Or("webhooks.request_timeout_ms", defaults.RequestTimeoutMs),
        MaxInFlight = values.Or("webhooks.max_in_flight", defaults.MaxInFlight),
        Retry = defaults.Retry with
        {
            Enabled = values.Or("webhooks.retry.enabled", defaults.Retry.Enabled),
            InitialDelayMs = values.Or("webhooks.retry.initial_delay_ms", defaults.Retry.InitialDelayMs),
            MaxDelayMs = values.Or("webhooks.retry.max_delay_ms", defaults.Retry.MaxDelayMs),
            MaxAgeS = values.Or("webhooks.retry.max_age_s", defaults.Retry.MaxAgeS),
        },
    };

    private static LoggingOptions Logging(ResolvedValues values, LoggingOptions defaults) => defaults with
    {
        Level = values.Or("logging.level", defaults.Level),
        Format = values.Or("logging.format", defaults.Format),
        Colors = values.Or("logging.colors", defaults.Colors),
        IncludeTarget = values.Or("logging.include_target", defaults.IncludeTarget),
        Filter = values.Or("logging.filter", defaults.Filter),
        DebugFilter = values.Or("logging.debug_filter", defaults.DebugFilter),
        ProdFilter = values.Or("logging.prod_filter", defaults.ProdFilter),
    };
}
