using Sockudo.Protocol.Channels;
using Sockudo.Server.Apps;
using Sockudo.Server.Cluster;
using Sockudo.Server.Webhooks;

namespace Sockudo.Server.Metrics;

/// <summary>The families of metrics.md 3 and 4, that this version has something to say of, as text for Prometheus.</summary>
internal sealed class MetricsReport(
    ServerMetrics metrics, ClusterNode? cluster, string prefix, string port, string version, string mode,
    AppLookups? appLookups, WebhookPipeline? webhooks,
    IReadOnlyList<(string Component, string Driver, Func<bool> IsUp)> backends)
{
    /// <summary>The values of <c>channel_type</c>.</summary>
    private static readonly (ChannelKind Kind, string Label)[] Kinds =
    [
        (ChannelKind.Public, "public"),
        (ChannelKind.Private, "private"),
        (ChannelKind.Private | ChannelKind.Encrypted, "private-encrypted"),
        (ChannelKind.Presence, "presence"),
        (ChannelKind.Cache, "cache"),
        (ChannelKind.Private | ChannelKind.Cache, "private-cache"),
        (ChannelKind.Private | ChannelKind.Encrypted | ChannelKind.Cache, "private-encrypted-cache"),
        (ChannelKind.Presence | ChannelKind.Cache, "presence-cache"),
        (ChannelKind.User, "user"),
    ];

    /// <summary>Everything as of now.</summary>
    public string Write()
    {
        var writer = new PrometheusWriter(prefix, port);
        WriteConnections(writer);
        WriteHttp(writer);
        WriteChannels(writer);
        WriteLimits(writer);
        WriteNode(writer);
        WriteWebhooks(writer);
        WriteCluster(writer);
        ProcessMetrics.Write(writer);
        return writer.ToString();
    }

    private void WriteConnections(PrometheusWriter writer)
    {
        PerApp(writer, "connected", "gauge", "Open WebSocket connections.", static app => app.ConnectionsOpened - app.ConnectionsClosed);
        PerApp(writer, "new_connections_total", "counter", "WebSocket connections established.", static app => app.ConnectionsOpened);
        PerApp(writer, "new_disconnections_total", "counter", "WebSocket connections ended.", static app => app.ConnectionsClosed);
        PerApp(writer, "ws_messages_received_total", "counter", "Text messages received.", static app => app.MessagesReceivedTotal);
        PerApp(writer, "ws_messages_sent_total", "counter", "Text messages queued for connections.", static app => app.MessagesSentTotal);
        PerApp(writer, "socket_received_bytes", "counter", "Payload bytes of messages received.", static app => app.BytesReceived);
        PerApp(writer, "socket_transmitted_bytes", "counter", "Payload bytes of messages sent.", static app => app.BytesSent);
        PerApp(writer, "slow_consumers_total", "counter", "Connections closed because their queue was full.", static app => app.SlowConsumers);
        PerAppAnd<ConnectionErrorType>(
            writer, "connection_errors_total", "Connections refused or ended by the server.", "error_type", static (app, type) => app.ConnectionErrors(type));
        writer.Family("pending_bytes", "gauge", "Bytes queued for all connections.").Sample(metrics.PendingBytes);
    }

    private void WriteHttp(PrometheusWriter writer)
    {
        PerApp(writer, "http_calls_received_total", "counter", "Requests to the HTTP API.", static app => app.HttpCalls);
        PerApp(writer, "http_received_bytes", "counter", "Body bytes of requests to the HTTP API.", static app => app.HttpBytesReceived);
        PerApp(writer, "http_transmitted_bytes", "counter", "Body bytes of answers of the HTTP API.", static app => app.HttpBytesSent);
        writer.Family("http_requests_total", "counter", "Requests of the main listener.");
        foreach (var (route, method, status, count) in metrics.Http.Requests)
            writer.Sample(count, ("route", route), ("method", method), ("status", status.ToString(System.Globalization.CultureInfo.InvariantCulture)));
        writer.Family("http_request_duration_seconds", "histogram", "Time to answer a request.");
        foreach (var (route, histogram) in metrics.Http.Durations)
            writer.Histogram(histogram, ("route", route));
    }

    private void WriteChannels(PrometheusWriter writer)
    {
        var channels = metrics.Channels;
        writer.Family("channel_count", "gauge", "Channels with at least one subscription on this node.");
        foreach (var app in channels.GroupBy(static group => group.AppId))
            writer.Sample(app.Sum(static group => group.Channels), ("app_id", app.Key));
        writer.Family("active_subscriptions", "gauge", "Subscriptions on this node.");
        foreach (var app in channels.GroupBy(static group => group.AppId))
            writer.Sample(app.Sum(static group => group.Subscriptions), ("app_id", app.Key));
        writer.Family("active_channels", "gauge", "Channels by kind.");
        foreach (var group in channels)
            writer.Sample(group.Channels, ("app_id", group.AppId), ("channel_type", LabelOf(group.Kind)));

        PerKind(writer, "channel_subscriptions_total", "Subscriptions accepted.", static (app, kind) => app.SubscriptionsBegun(kind));
        PerKind(writer, "channel_unsubscriptions_total", "Subscriptions ended.", static (app, kind) => app.SubscriptionsEnded(kind));
        PerAppAnd<SubscriptionRefusal>(
            writer, "subscription_errors_total", "Subscriptions refused.", "reason", static (app, reason) => app.SubscriptionsRefused(reason));
        PerAppAnd<EventSource>(
            writer, "events_published_total", "Events accepted, one per event and channel.", "source", static (app, source) => app.EventsPublished(source));
        writer.Family("broadcast_latency_ms", "histogram", "Acceptance of an event to the last local recipient's queue.");
        foreach (var (kind, bucket, histogram) in metrics.BroadcastLatency.Recorded())
            writer.Histogram(histogram, ("channel_type", LabelOf(kind)), ("recipient_count_bucket", bucket));
    }

    private void WriteLimits(PrometheusWriter writer)
    {
        PerLimit(writer, "rate_limit_checks_total", "Checks of rate limits.", static (app, type) => app.RateLimitChecks(type));
        PerLimit(writer, "rate_limit_triggered_total", "Refusals by rate limits.", static (app, type) => app.RateLimitRefusals(type));
        writer.Family("rate_limit_errors_total", "counter", "Checks of rate limits that the backend did not answer.");
        foreach (var type in Enum.GetValues<RateLimiterType>())
        {
            if (metrics.Apps.Sum(app => app.RateLimitErrors(type)) is var count and > 0)
                writer.Sample(count, ("limiter_type", SnakeCase(type.ToString())));
        }
    }

    private void WriteNode(PrometheusWriter writer)
    {
        writer.Family("cache_requests_total", "counter", "Look-ups of cached events.");
        foreach (var result in Enum.GetValues<CacheRequestResult>())
            writer.Sample(metrics.Cache.Of(result), ("result", SnakeCase(result.ToString())));
        if (appLookups is not null)
        {
            writer.Family("app_lookups_total", "counter", "Look-ups of apps in the database and its cache.");
            foreach (var result in Enum.GetValues<AppLookupResult>())
                writer.Sample(appLookups.Of(result), ("result", SnakeCase(result.ToString())));
        }

        writer.Family("backend_up", "gauge", "State of the backends.");
        foreach (var (component, driver, isUp) in backends)
            writer.Sample(isUp() ? 1 : 0, ("component", component), ("driver", driver));
        writer.Family("cluster_nodes", "gauge", "Nodes known to be up, this one included.").Sample(cluster?.Nodes ?? 1);
        writer.Family("cluster_isolated", "gauge", "This node is cut off.").Sample(cluster is { IsIsolated: true } ? 1 : 0);
        writer.Family("memory_limit_bytes", "gauge", "Memory that the process may use: that of its container, else of the machine.").Sample(GC.GetGCMemoryInfo().TotalAvailableMemoryBytes);
        writer.Family("build_info", "gauge", "The version that runs.")
            .Sample(1, ("version", version), ("mode", mode), ("runtime", System.Runtime.InteropServices.RuntimeInformation.FrameworkDescription));
    }

    private void WriteWebhooks(PrometheusWriter writer)
    {
        if (webhooks is null)
            return;
        var counted = webhooks.Metrics;
        writer.Family("webhook_attempts_total", "counter", "Single attempts to deliver a webhook.");
        foreach (var (app, target, outcome, count) in counted.Attempts)
            writer.Sample(count, ("app_id", app), ("target", target), ("outcome", outcome));
        writer.Family("webhook_jobs_total", "counter", "Finished webhook jobs.");
        foreach (var (app, outcome, count) in counted.Jobs)
            writer.Sample(count, ("app_id", app), ("outcome", outcome));
        writer.Family("webhook_duration_seconds", "histogram", "Time of one attempt to deliver a webhook.");
        foreach (var (target, histogram) in counted.Durations)
            writer.Histogram(histogram, ("target", target));
        writer.Family("webhook_targets_paused", "gauge", "Webhook targets that are only probed, because they have failed for long.").Sample(counted.PausedTargets);
        var depth = webhooks.Depth;
        writer.Family("queue_depth", "gauge", "Webhook jobs in the queue.");
        foreach (var (state, count) in new[] { ("ready", depth.Ready), ("leased", depth.Leased), ("delayed", depth.Delayed), ("dead", depth.Dead) })
            writer.Sample(count, ("state", state));
        var age = depth.OldestCreatedMs is { } created ? Math.Max(0, TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds() - created) / 1000.0 : 0;
        writer.Family("queue_oldest_job_age_seconds", "gauge", "Age of the oldest webhook job that is not finished.").Sample(age);
        writer.Family("queue_dropped_total", "counter", "Webhook jobs refused because too many waited.").Sample(counted.Dropped);
    }

    private void WriteCluster(PrometheusWriter writer)
    {
        if (cluster is null)
            return;
        var counted = metrics.Cluster;
        writer.Family("horizontal_adapter_resolve_time", "histogram", "Seconds from a request to other nodes to its complete answer.")
            .Histogram(counted.ResolveTime, ("app_id", ""));
        Requests("horizontal_adapter_resolved_promises", "Requests to other nodes answered completely in time.", counted.RequestsAnswered);
        Requests("horizontal_adapter_uncomplete_promises", "Requests to other nodes not answered completely in time.", counted.RequestsUnanswered);
        Requests("horizontal_adapter_sent_requests", "Requests sent to other nodes.", counted.RequestsSent);
        Requests("horizontal_adapter_received_requests", "Requests received from other nodes.", counted.RequestsReceived);
        Requests("horizontal_adapter_received_responses", "Answers received to own requests.", counted.AnswersReceived);
        PerMessage("cluster_messages_sent_total", "Bus messages sent.", kind => counted.Sent(kind).Messages);
        PerMessage("cluster_bytes_sent_total", "Bytes of bus messages sent.", kind => counted.Sent(kind).Bytes);
        PerMessage("cluster_messages_received_total", "Bus messages received.", kind => counted.Received(kind).Messages);
        PerMessage("cluster_bytes_received_total", "Bytes of bus messages received.", kind => counted.Received(kind).Bytes);
        writer.Family("cluster_gaps_total", "counter", "Losses noticed on the bus.").Sample(counted.Gaps);
        writer.Family("cluster_nodes_lost_total", "counter", "Nodes removed after silence.").Sample(counted.NodesLost);

        void Requests(string name, string help, long value) => writer.Family(name, "counter", help).Sample(value, ("app_id", ""));

        void PerMessage(string name, string help, Func<int, long> read)
        {
            writer.Family(name, "counter", help);
            for (var kind = 0; kind < ClusterMetrics.Kinds.Count; kind++)
                writer.Sample(read(kind), ("kind", ClusterMetrics.Kinds[kind]));
        }
    }

    private void PerApp(
        PrometheusWriter writer, string name, string type, string help, Func<AppCounters, long> read, params (string, string)[] more)
    {
        writer.Family(name, type, help);
        foreach (var app in metrics.Apps)
        {
            var value = read(app);
            if (value != 0 || app.AppId.Length > 0)
                writer.Sample(value, [("app_id", app.AppId), .. more]);
        }
    }

    private void PerAppAnd<T>(PrometheusWriter writer, string name, string help, string label, Func<AppCounters, T, long> read)
        where T : struct, Enum
    {
        writer.Family(name, "counter", help);
        foreach (var app in metrics.Apps)
        {
            foreach (var value in Enum.GetValues<T>())
            {
                if (read(app, value) is var count and > 0)
                    writer.Sample(count, ("app_id", app.AppId), (label, SnakeCase(value.ToString())));
            }
        }
    }

    private void PerKind(PrometheusWriter writer, string name, string help, Func<AppCounters, ChannelKind, long> read)
    {
        writer.Family(name, "counter", help);
        foreach (var app in metrics.Apps)
        {
            foreach (var (kind, label) in Kinds)
            {
                if (read(app, kind) is var count and > 0)
                    writer.Sample(count, ("app_id", app.AppId), ("channel_type", label));
            }
        }
    }

    private void PerLimit(PrometheusWriter writer, string name, string help, Func<AppCounters, RateLimiterType, long> read)
    {
        writer.Family(name, "counter", help);
        foreach (var app in metrics.Apps)
        {
            foreach (var type in Enum.GetValues<RateLimiterType>())
            {
                var context = type is RateLimiterType.ClientEvent or RateLimiterType.WebsocketConnect ? "websocket" : "http";
                if (read(app, type) is var count and > 0)
                    writer.Sample(count, ("app_id", app.AppId), ("limiter_type", SnakeCase(type.ToString())), ("request_context", context));
            }
        }
    }

    private static string LabelOf(ChannelKind kind) => Kinds.First(entry => entry.Kind == kind).Label;

    private static string SnakeCase(string name) =>
        string.Concat(name.Select(static (c, index) => char.IsAsciiLetterUpper(c) ? (index > 0 ? "_" : "") + char.ToLowerInvariant(c) : c.ToString()));
}
