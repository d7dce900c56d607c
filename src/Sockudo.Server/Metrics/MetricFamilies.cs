using System.Globalization;
using System.Runtime.InteropServices;
using Sockudo.Protocol.Channels;

namespace Sockudo.Server.Metrics;

/// <summary>All families of metrics.md 3 and 4. Families that do not concern this server are there without values.</summary>
internal sealed class MetricFamilies
{
    private readonly MetricSources _sources;
    private readonly List<MetricFamily> _all = [];

    public MetricFamilies(MetricSources sources)
    {
        _sources = sources;
        AddConnections();
        AddHttp();
        AddChannels();
        AddLimits();
        AddWebhooks();
        AddBackends();
        AddRequestsToNodes();
        AddCluster();
    }

    public IReadOnlyList<MetricFamily> All => _all;

    /// <summary>What all families are read from in one scrape.</summary>
    public IReadOnlyList<AppReading> ReadApps() => [.. _sources.Metrics.Apps.Select(AppReading.Of)];

    private void AddConnections()
    {
        PerApp(MetricType.Gauge, "connected", "{connection}", "Open WebSocket connections.", static app => app.Connected);
        PerApp(MetricType.Counter, "new_connections_total", "{connection}", "WebSocket connections established.", static app => app.Opened);
        PerApp(MetricType.Counter, "new_disconnections_total", "{connection}", "WebSocket connections ended.", static app => app.Closed);
        PerApp(MetricType.Counter, "ws_messages_received_total", "{message}", "Text messages received.", static app => app.Counters.MessagesReceivedTotal);
        PerApp(MetricType.Counter, "ws_messages_sent_total", "{message}", "Text messages queued for connections.", static app => app.Counters.MessagesSentTotal);
        PerApp(MetricType.Counter, "socket_received_bytes", "By", "Payload bytes of messages received.", static app => app.Counters.BytesReceived);
        PerApp(MetricType.Counter, "socket_transmitted_bytes", "By", "Payload bytes of messages sent.", static app => app.Counters.BytesSent);
        PerApp(MetricType.Counter, "slow_consumers_total", "{connection}", "Connections closed because their queue was full.", static app => app.Counters.SlowConsumers);
        PerAppAnd<ConnectionErrorType>(
            "connection_errors_total", "{connection}", "Connections refused or ended by the server.", "error_type", static (app, type) => app.ConnectionErrors(type));
        Node(MetricType.Gauge, "pending_bytes", "By", "Bytes queued for all connections.", write => write(_sources.Metrics.PendingBytes));
    }

    private void AddHttp()
    {
        PerApp(MetricType.Counter, "http_calls_received_total", "{request}", "Requests to the HTTP API.", static app => app.Counters.HttpCalls);
        PerApp(MetricType.Counter, "http_received_bytes", "By", "Body bytes of requests to the HTTP API.", static app => app.Counters.HttpBytesReceived);
        PerApp(MetricType.Counter, "http_transmitted_bytes", "By", "Body bytes of answers of the HTTP API.", static app => app.Counters.HttpBytesSent);
        Node(MetricType.Counter, "http_requests_total", "{request}", "Requests of the main listener.", write =>
        {
            foreach (var (route, method, status, count) in _sources.Metrics.Http.Requests)
                write(count, ("route", route), ("method", method), ("status", status.ToString(CultureInfo.InvariantCulture)));
        });
        Histogram("http_request_duration_seconds", "s", "Time to answer a request.", _sources.Metrics.Http.Durations);
    }

    private void AddChannels()
    {
        PerApp(MetricType.Gauge, "channel_count", "{channel}", "Channels with at least one subscription on this node.",
            static app => ChannelKinds.All.Sum(entry => app.Counters.Channels(entry.Kind)));
        PerApp(MetricType.Gauge, "active_subscriptions", "{subscription}", "Subscriptions on this node.",
            static app => ChannelKinds.All.Sum(entry => app.Counters.Subscriptions(entry.Kind)));
        PerKind(MetricType.Gauge, "active_channels", "{channel}", "Channels by kind.", static (app, kind) => app.Channels(kind));
        PerKind(MetricType.Counter, "channel_subscriptions_total", "{subscription}", "Subscriptions accepted.", static (app, kind) => app.SubscriptionsBegun(kind));
        PerKind(MetricType.Counter, "channel_unsubscriptions_total", "{subscription}", "Subscriptions ended.", static (app, kind) => app.SubscriptionsEnded(kind));
        PerAppAnd<SubscriptionRefusal>(
            "subscription_errors_total", "{subscription}", "Subscriptions refused.", "reason", static (app, reason) => app.SubscriptionsRefused(reason));
        PerAppAnd<EventSource>(
            "events_published_total", "{event}", "Events accepted, one per event and channel.", "source", static (app, source) => app.EventsPublished(source));
        Histogram("broadcast_latency_ms", "ms", "Acceptance of an event to the last local recipient's queue.", _sources.Metrics.BroadcastLatency.Family);
    }

    private void AddLimits()
    {
        PerLimit("rate_limit_checks_total", "{check}", "Checks of rate limits.", static (app, type) => app.RateLimitChecks(type));
        PerLimit("rate_limit_triggered_total", "{check}", "Refusals by rate limits.", static (app, type) => app.RateLimitRefusals(type));
        Add(MetricType.Counter, "rate_limit_errors_total", "{check}", "Checks of rate limits that the backend did not answer.", static (apps, write) =>
        {
            foreach (var type in Enum.GetValues<RateLimiterType>())
            {
                if (apps.Sum(app => app.Counters.RateLimitErrors(type)) is var count and > 0)
                    write(count, ("limiter_type", SnakeCase(type.ToString())));
            }
        });
    }

    private void AddWebhooks()
    {
        var webhooks = _sources.Webhooks;
        var counted = webhooks?.Metrics;
        Node(MetricType.Counter, "webhook_attempts_total", "{attempt}", "Single attempts to deliver a webhook.", write =>
        {
            foreach (var (app, target, outcome, count) in counted?.Attempts ?? [])
            {
                if (!_sources.Metrics.IsRetired(app))
                    write(count, ("app_id", app), ("target", target), ("outcome", outcome));
            }
        });
        Node(MetricType.Counter, "webhook_jobs_total", "{job}", "Finished webhook jobs.", write =>
        {
            foreach (var (app, outcome, count) in counted?.Jobs ?? [])
            {
                if (!_sources.Metrics.IsRetired(app))
                    write(count, ("app_id", app), ("outcome", outcome));
            }
        });
        Histogram("webhook_duration_seconds", "s", "Time of one attempt to deliver a webhook.", counted?.Durations);
        OfWebhooks(MetricType.Gauge, "webhook_targets_paused", "{target}", "Webhook targets that are only probed, because they have failed for long.",
            (pipeline, write) => write(pipeline.Metrics.PausedTargets));
        OfWebhooks(MetricType.Gauge, "queue_depth", "{job}", "Webhook jobs in the queue.", (pipeline, write) =>
        {
            var depth = pipeline.Depth;
            foreach (var (state, count) in new[] { ("ready", depth.Ready), ("leased", depth.Leased), ("delayed", depth.Delayed), ("dead", depth.Dead) })
                write(count, ("state", state));
        });
        OfWebhooks(MetricType.Gauge, "queue_oldest_job_age_seconds", "s", "Age of the oldest webhook job that is not finished.", (pipeline, write) =>
            write(pipeline.Depth.OldestCreatedMs is { } created ? Math.Max(0, TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds() - created) / 1000.0 : 0));
        OfWebhooks(MetricType.Counter, "queue_dropped_total", "{job}", "Webhook jobs refused because too many waited.", (pipeline, write) =>
            write(pipeline.Metrics.Dropped));

        void OfWebhooks(MetricType type, string name, string unit, string help, Action<Webhooks.WebhookPipeline, SampleWriter> read) =>
            Node(type, name, unit, help, write =>
            {
                if (webhooks is not null)
                    read(webhooks, write);
            });
    }

    private void AddBackends()
    {
        Node(MetricType.Counter, "cache_requests_total", "{request}", "Look-ups of cached events.", write =>
        {
            foreach (var result in Enum.GetValues<CacheRequestResult>())
                write(_sources.Metrics.Cache.Of(result), ("result", SnakeCase(result.ToString())));
        });
        Node(MetricType.Counter, "app_lookups_total", "{lookup}", "Look-ups of apps in the database and its cache.", write =>
        {
            if (_sources.AppLookups is not { } lookups)
                return;
            foreach (var result in Enum.GetValues<Apps.AppLookupResult>())
                write(lookups.Of(result), ("result", SnakeCase(result.ToString())));
        });
        Node(MetricType.Gauge, "backend_up", null, "Whether a component has its backend: 1 or 0.", write =>
        {
            foreach (var (component, driver, isUp) in _sources.Backends)
                write(isUp() ? 1 : 0, ("component", component), ("driver", driver));
        });
        Node(MetricType.Gauge, "tls_certificate_expiry_timestamp_seconds", "s", "End of validity of the certificate in use, Unix time.", write =>
        {
            if (_sources.CertificateExpires() is { } expires)
                write(expires.ToUnixTimeMilliseconds() / 1000.0);
        });
        Node(MetricType.Gauge, "memory_limit_bytes", "By", "Memory that the process may use: that of its container, else of the machine.",
            static write => write(GC.GetGCMemoryInfo().TotalAvailableMemoryBytes));
        Node(MetricType.Gauge, "build_info", null, "The version that runs; always 1.", write =>
            write(1, ("version", _sources.Version), ("mode", _sources.Mode), ("runtime", RuntimeInformation.FrameworkDescription)));
    }

    // metrics.md 3: "with adapter local these families have no samples".
    private void AddRequestsToNodes()
    {
        var counted = _sources.Metrics.Cluster;
        Histogram("horizontal_adapter_resolve_time", "s", "Seconds from a request to other nodes to its complete answer.",
            _sources.Cluster is null ? null : counted.ResolveTime);
        Requests("horizontal_adapter_resolved_promises", "Requests to other nodes answered completely in time.", () => counted.RequestsAnswered);
        Requests("horizontal_adapter_uncomplete_promises", "Requests to other nodes not answered completely in time.", () => counted.RequestsUnanswered);
        Requests("horizontal_adapter_sent_requests", "Requests sent to other nodes.", () => counted.RequestsSent);
        Requests("horizontal_adapter_received_requests", "Requests received from other nodes.", () => counted.RequestsReceived);
        Requests("horizontal_adapter_received_responses", "Answers received to own requests.", () => counted.AnswersReceived);

        void Requests(string name, string help, Func<long> read) => Node(MetricType.Counter, name, "{request}", help, write =>
        {
            if (_sources.Cluster is not null)
                write(read(), ("app_id", ""));
        });
    }

    private void AddCluster()
    {
        var counted = _sources.Metrics.Cluster;
        var cluster = _sources.Cluster;
        Node(MetricType.Gauge, "cluster_nodes", "{node}", "Nodes known to be up, this one included.", write => write(cluster?.Nodes ?? 1));
        Node(MetricType.Gauge, "cluster_isolated", null, "Whether this node is cut off from the others: 1 or 0.", write => write(cluster is { IsIsolated: true } ? 1 : 0));
        PerMessage("cluster_messages_sent_total", "{message}", "Bus messages sent.", kind => counted.Sent(kind).Messages);
        PerMessage("cluster_bytes_sent_total", "By", "Bytes of bus messages sent.", kind => counted.Sent(kind).Bytes);
        PerMessage("cluster_messages_received_total", "{message}", "Bus messages received.", kind => counted.Received(kind).Messages);
        PerMessage("cluster_bytes_received_total", "By", "Bytes of bus messages received.", kind => counted.Received(kind).Bytes);
        Node(MetricType.Counter, "cluster_gaps_total", "{gap}", "Losses noticed on the bus.", write => write(counted.Gaps));
        Node(MetricType.Counter, "cluster_nodes_lost_total", "{node}", "Nodes removed after silence.", write => write(counted.NodesLost));

        void PerMessage(string name, string unit, string help, Func<int, long> read) => Node(MetricType.Counter, name, unit, help, write =>
        {
            for (var kind = 0; kind < ClusterMetrics.Kinds.Count; kind++)
                write(read(kind), ("kind", ClusterMetrics.Kinds[kind]));
        });
    }

    private void Add(MetricType type, string name, string? unit, string help, Action<IReadOnlyList<AppReading>, SampleWriter> read) =>
        _all.Add(new MetricFamily(type, name, unit, help, read));

    private void Node(MetricType type, string name, string? unit, string help, Action<SampleWriter> read) =>
        Add(type, name, unit, help, (_, write) => read(write));

    private void Histogram(string name, string unit, string help, HistogramFamily? histograms) => _all.Add(new MetricFamily(name, unit, help, histograms));

    private void PerApp(MetricType type, string name, string unit, string help, Func<AppReading, long> read) => Add(type, name, unit, help, (apps, write) =>
    {
        foreach (var app in apps)
        {
            // What concerns no known app is seldom anything.
            if (read(app) is var value && (value != 0 || app.Counters.AppId.Length > 0))
                write(value, ("app_id", app.Counters.AppId));
        }
    });

    private void PerAppAnd<T>(string name, string unit, string help, string label, Func<AppCounters, T, long> read)
        where T : struct, Enum => Add(MetricType.Counter, name, unit, help, (apps, write) =>
    {
        foreach (var app in apps)
        {
            foreach (var value in Enum.GetValues<T>())
            {
                if (read(app.Counters, value) is var count and > 0)
                    write(count, ("app_id", app.Counters.AppId), (label, SnakeCase(value.ToString())));
            }
        }
    });

    // A kind that an app once had stays, with zero: a gauge that vanishes would be taken for the last value that was seen.
    private void PerKind(MetricType type, string name, string unit, string help, Func<AppCounters, ChannelKind, long> read) => Add(type, name, unit, help, (apps, write) =>
    {
        foreach (var app in apps)
        {
            foreach (var (kind, label) in ChannelKinds.All)
            {
                if (app.Counters.SubscriptionsBegun(kind) > 0)
                    write(read(app.Counters, kind), ("app_id", app.Counters.AppId), ("channel_type", label));
            }
        }
    });

    private void PerLimit(string name, string unit, string help, Func<AppCounters, RateLimiterType, long> read) => Add(MetricType.Counter, name, unit, help, (apps, write) =>
    {
        foreach (var app in apps)
        {
            foreach (var type in Enum.GetValues<RateLimiterType>())
            {
                var context = type is RateLimiterType.ClientEvent or RateLimiterType.WebsocketConnect ? "websocket" : "http";
                if (read(app.Counters, type) is var count and > 0)
                    write(count, ("app_id", app.Counters.AppId), ("limiter_type", SnakeCase(type.ToString())), ("request_context", context));
            }
        }
    });

    private static string SnakeCase(string name) =>
        string.Concat(name.Select(static (c, index) => char.IsAsciiLetterUpper(c) ? (index > 0 ? "_" : "") + char.ToLowerInvariant(c) : c.ToString()));
}
