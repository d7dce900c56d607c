using System.Text;
using Sockudo.Listeners;
using Sockudo.Server.Apps;
using Sockudo.Server.Options;
using Sockudo.Server.Sockets;

namespace Sockudo.Configuration;

/// <summary>What must fit together (configuration.md 5.2), and what this version cannot do.</summary>
internal static class CrossChecks
{
    public static void Check(SockudoOptions options, ResolvedValues values, ConfigurationProblems problems)
    {
        CheckAvailability(options, values, problems);
        CheckNodes(options, values, problems);
        CheckPairs(options, problems);
        CheckUnixSocket(options.UnixSocket, values, problems);
        CheckPorts(options, values, problems);
        CheckDashboard(options, values, problems);
        CheckTimes(options, values, problems);
        CheckSizes(options, problems);
        WarnOfLosses(options, problems);
    }

    private static void CheckAvailability(SockudoOptions options, ResolvedValues values, ConfigurationProblems problems)
    {
        Only("websocket.compression", !options.Websocket.Compression, "false");

        Only("websocket.transport", options.Websocket.Transport != WebsocketTransport.Epoll || PolledTransport.IsSupported, "auto: epoll needs Linux on x64 or arm64");

        void Only(string path, bool isAvailable, string available)
        {
            if (!isAvailable)
                problems.Error(path, values.NodeOf(path)!, $"is not available in this version; use {available}");
        }
    }

    private static void CheckNodes(SockudoOptions options, ResolvedValues values, ConfigurationProblems problems)
    {
        if (options.AppManager.Driver == AppManagerDriver.Sqlite && options.Adapter.Driver != AdapterDriver.Local)
            problems.Error("app_manager.driver", values.NodeOf("app_manager.driver")!, "is a file of one node, but adapter.driver is not local; nodes of a cluster need mysql, pgsql or dynamodb");
    }

    private static void CheckPairs(SockudoOptions options, ConfigurationProblems problems)
    {
        var ssl = options.Ssl;
        if (ssl.Enabled && (ssl.CertPath is null || ssl.KeyPath is null))
            problems.Error("ssl.enabled is true, but ssl.cert_path and ssl.key_path are not both set; TLS needs certificate and key");
        if (ssl.RedirectHttp && !ssl.Enabled)
            problems.Error("ssl.redirect_http is true, but ssl.enabled is not; there is nothing to redirect to");
        Pair("adapter.nats.username", options.Adapter.Nats.Username, "adapter.nats.password", options.Adapter.Nats.Password);
        // Redis knows a password without a user, but no user without a password, which the URL may name as well.
        if (options.Database.Redis.Url is null && options.Database.Redis.Password is null)
            Pair("database.redis.username", options.Database.Redis.Username, "database.redis.password", null);
        if (options.Database.Redis.SentinelPassword is null)
            Pair("database.redis.sentinel_username", options.Database.Redis.SentinelUsername, "database.redis.sentinel_password", null);
        Pair("database.dynamodb.aws_access_key_id", options.Database.Dynamodb.AwsAccessKeyId,
            "database.dynamodb.aws_secret_access_key", options.Database.Dynamodb.AwsSecretAccessKey);
        Pair("adapter.nats.tls.cert_path", options.Adapter.Nats.Tls.CertPath, "adapter.nats.tls.key_path", options.Adapter.Nats.Tls.KeyPath);
        Pair("database.redis.tls.cert_path", options.Database.Redis.Tls.CertPath, "database.redis.tls.key_path", options.Database.Redis.Tls.KeyPath);

        void Pair(string first, string? a, string second, string? b)
        {
            if (a is null != b is null)
                problems.Error($"{(a is null ? second : first)} is set, but {(a is null ? first : second)} is not; they go together");
        }
    }

    private static void CheckUnixSocket(UnixSocketOptions socket, ResolvedValues values, ConfigurationProblems problems)
    {
        // What the address of a socket has room for.
        var most = OperatingSystem.IsMacOS() ? 103 : 107;
        if (!socket.Enabled)
            return;
        var bytes = Encoding.UTF8.GetByteCount(socket.Path);
        if (!Path.IsPathRooted(socket.Path) || socket.Path.Contains('\0'))
            Wrong("must be an absolute path, such as /run/sockudo/sockudo.sock");
        else if (bytes > most)
            Wrong($"has {bytes} bytes, but the path of a socket has at most {most}; choose a shorter one");

        void Wrong(string problem) => problems.Error("unix_socket.path", values.NodeOf("unix_socket.path")!, problem);
    }

    private static void CheckPorts(SockudoOptions options, ResolvedValues values, ConfigurationProblems problems)
    {
        var listeners = new List<(string Path, string Host, int Port)>();
        if (!options.UnixSocket.Enabled)
            listeners.Add(("port", options.Host, options.Port));
        if (options.Metrics.Enabled)
            listeners.Add(("metrics.port", options.Metrics.Host, options.Metrics.Port));
        if (options.Dashboard.Enabled)
            listeners.Add(("dashboard.port", options.Dashboard.Host, options.Dashboard.Port));
        if (options.Ssl.RedirectHttp)
            listeners.Add(("ssl.http_port", options.Host, options.Ssl.HttpPort));
        for (var i = 1; i < listeners.Count; i++)
        {
            var taken = listeners[..i].FirstOrDefault(other => other.Port == listeners[i].Port && other.Port != 0 && Overlap(other.Host, listeners[i].Host));
            if (taken.Path is not null)
                problems.Error($"{listeners[i].Path} and {taken.Path} are both {taken.Port}; give each listener its own port");
        }
    }

    private static void CheckDashboard(SockudoOptions options, ResolvedValues values, ConfigurationProblems problems)
    {
        const int LeastPassword = 8;
        const int LeastToken = 16;

        var dashboard = options.Dashboard;
        if (!dashboard.Enabled)
            return;
        if (dashboard.Password is { Length: < LeastPassword })
            problems.Error("dashboard.password", values.NodeOf("dashboard.password")!, $"is too short; it must have at least {LeastPassword} characters", isSecret: true);
        if (dashboard.Token is { Length: < LeastToken })
            problems.Error("dashboard.token", values.NodeOf("dashboard.token")!, $"is too short; it must have at least {LeastToken} characters, such as the output of: openssl rand -hex 24", isSecret: true);

        var isLoopback = HostAddress.IsLoopback(dashboard.Host);
        if (dashboard is { Password: null, Token: null })
        {
            if (!isLoopback)
                problems.Error($"dashboard.enabled is true and dashboard.host = \"{dashboard.Host}\" can be reached from other machines, but neither dashboard.password nor dashboard.token is set; set one of them (DASHBOARD_PASSWORD, DASHBOARD_TOKEN), or dashboard.host to 127.0.0.1");
            else if (options.Mode is not ("development" or "dev"))
                problems.Warning("dashboard.enabled is true without dashboard.password and dashboard.token: everybody who can use this machine can use the dashboard");
        }
        else if (!isLoopback && (!options.Ssl.Enabled || options.UnixSocket.Enabled))
        {
            problems.Warning($"dashboard.host = \"{dashboard.Host}\" is served without TLS: passwords and tokens cross the network as they are; enable ssl, or let a proxy with TLS reach it on 127.0.0.1");
        }

        if (options.AppManager.Driver == AppManagerDriver.Memory)
        {
            foreach (var id in dashboard.ShowPayloads.Where(id => options.AppManager.Array.Apps.All(app => app.Id != id)))
                problems.Warning($"dashboard.show_payloads names \"{id}\", but there is no such app");
        }
    }

    private static bool Overlap(string a, string b) =>
        a.Equals(b, StringComparison.OrdinalIgnoreCase) || IsEverywhere(a) || IsEverywhere(b)
        // localhost is both loopback addresses.
        || (HostAddress.IsLoopback(a) && HostAddress.IsLoopback(b) && (IsLocalhost(a) || IsLocalhost(b)));

    private static bool IsLocalhost(string host) => host.Equals("localhost", StringComparison.OrdinalIgnoreCase);

    private static bool IsEverywhere(string host) => host is "0.0.0.0" or "::" or "*";

    private static void CheckTimes(SockudoOptions options, ResolvedValues values, ConfigurationProblems problems)
    {
        var health = options.Adapter.ClusterHealth;
        if (health.NodeTimeoutMs < 3 * health.HeartbeatIntervalMs)
            problems.Error($"adapter.cluster_health.node_timeout_ms = {health.NodeTimeoutMs} is less than three heartbeats ({health.HeartbeatIntervalMs} ms each)");
        if (health.IsolationTimeoutMs >= health.NodeTimeoutMs)
            problems.Error($"adapter.cluster_health.isolation_timeout_ms = {health.IsolationTimeoutMs} must be less than node_timeout_ms ({health.NodeTimeoutMs})");
        // The leases of queues that are neither used nor configured are nobody's mistake.
        if ((values.NodeOf("queue.redis.lease_ms") is not null || options.Queue.Driver is QueueDriver.Redis or QueueDriver.RedisCluster)
            && options.Queue.Redis.LeaseMs < options.Webhooks.RequestTimeoutMs + 5000)
            problems.Error($"queue.redis.lease_ms = {options.Queue.Redis.LeaseMs} must be at least webhooks.request_timeout_ms + 5000 ({options.Webhooks.RequestTimeoutMs + 5000})");
        if ((values.NodeOf("queue.sqs.visibility_timeout") is not null || options.Queue.Driver == QueueDriver.Sqs)
            && options.Queue.Sqs.VisibilityTimeout * 1000 < options.Webhooks.RequestTimeoutMs + 5000)
            problems.Error($"queue.sqs.visibility_timeout = {options.Queue.Sqs.VisibilityTimeout} must be at least webhooks.request_timeout_ms + 5 s");
        if (options.DatabasePooling.Min > options.DatabasePooling.Max)
            problems.Error($"database_pooling.min = {options.DatabasePooling.Min} is more than database_pooling.max ({options.DatabasePooling.Max})");
    }

    private static void CheckSizes(SockudoOptions options, ConfigurationProblems problems)
    {
        foreach (var app in options.AppManager.Array.Apps)
        {
            var largest = AppLimits.For(app, options).MaxEventDataBytes;
            if (largest != int.MaxValue && 2L * largest > options.Websocket.MaxPendingBytes)
                problems.Error($"websocket.max_pending_bytes = {options.Websocket.MaxPendingBytes} must be at least twice the largest event, {largest} bytes for app {app.Id}");
        }

        if (options.EventLimits.MaxPayloadInKb is > 0 and var payload)
        {
            if (options.WebsocketMaxPayloadKb <= payload)
                problems.Warning($"websocket_max_payload_kb ({options.WebsocketMaxPayloadKb}) is not above event_limits.max_payload_in_kb ({payload}): client events of the largest size cannot be sent");
            if (options.HttpApi.RequestLimitInMb * 1024L < (long)options.EventLimits.MaxBatchSize * payload)
                problems.Warning($"http_api.request_limit_in_mb ({options.HttpApi.RequestLimitInMb}) is smaller than event_limits.max_batch_size x max_payload_in_kb: full batches are refused");
        }
    }

    private static void WarnOfLosses(SockudoOptions options, ConfigurationProblems problems)
    {
        foreach (var app in options.AppManager.Array.Apps.Where(static app => app.Webhooks.Count > 0))
        {
            if (options.Queue.Driver == QueueDriver.None)
                problems.Warning($"app {app.Id} has webhooks, but queue.driver is none: they are not sent");
        }

        if (options.Adapter.Driver != AdapterDriver.Local)
        {
            if (options.Cache.Driver == CacheDriver.Memory)
                problems.Warning("cache.driver is memory, but adapter.driver is not local: each node has its own cached events, and a node that has just started has none");
            if (options.RateLimiter.Enabled && options.RateLimiter.Driver == RateLimiterDriver.Memory)
                problems.Warning("rate_limiter.driver is memory, but adapter.driver is not local: limits count per node");
        }

        if (options.Adapter.Nats.Tls.Insecure)
            problems.Warning("adapter.nats.tls.insecure is true: the server's certificate is not verified");
        if (options.Database.Redis.Tls.Insecure)
            problems.Warning("database.redis.tls.insecure is true: the server's certificate is not verified");
    }
}
