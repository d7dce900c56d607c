namespace Sockudo.Tests.Metrics;

/// <summary>The families of metrics.md 3 to 5, as the specification lists them.</summary>
public static class SpecifiedFamilies
{
    private const string Routes =
        "/app/{key} /live /up /up/{app_id} /usage /apps/{app_id}/events /apps/{app_id}/batch_events /apps/{app_id}/channels /apps/{app_id}/channels/{channel}"
        + " /apps/{app_id}/channels/{channel}/users /apps/{app_id}/channels/{channel}/events /apps/{app_id}/channels/{channel}/stats"
        + " /apps/{app_id}/users/{user_id}/terminate_connections /users/{user_id}/terminate_connections other";

    /// <summary>Name, type, and labels beside <c>port</c>.</summary>
    public static IReadOnlyList<(string Name, string Type, string[] Labels)> Own { get; } =
    [
        .. Families("counter", ["app_id"],
            "new_connections_total new_disconnections_total ws_messages_received_total ws_messages_sent_total socket_received_bytes socket_transmitted_bytes"
            + " http_calls_received_total http_received_bytes http_transmitted_bytes horizontal_adapter_resolved_promises horizontal_adapter_uncomplete_promises"
            + " horizontal_adapter_sent_requests horizontal_adapter_received_requests horizontal_adapter_received_responses slow_consumers_total"),
        .. Families("gauge", ["app_id"], "connected channel_count active_subscriptions"),
        .. Families("histogram", ["app_id"], "horizontal_adapter_resolve_time"),
        .. Families("gauge", ["app_id", "channel_type"], "active_channels"),
        .. Families("counter", ["app_id", "channel_type"], "channel_subscriptions_total channel_unsubscriptions_total"),
        .. Families("counter", ["app_id", "reason"], "subscription_errors_total"),
        .. Families("counter", ["app_id", "error_type"], "connection_errors_total"),
        .. Families("counter", ["app_id", "source"], "events_published_total"),
        .. Families("histogram", ["channel_type", "recipient_count_bucket"], "broadcast_latency_ms"),
        .. Families("gauge", [], "pending_bytes queue_oldest_job_age_seconds cluster_nodes cluster_isolated tls_certificate_expiry_timestamp_seconds"),
        .. Families("counter", ["app_id", "limiter_type", "request_context"], "rate_limit_checks_total rate_limit_triggered_total"),
        .. Families("counter", ["limiter_type"], "rate_limit_errors_total"),
        .. Families("counter", ["route", "method", "status"], "http_requests_total"),
        .. Families("histogram", ["route"], "http_request_duration_seconds"),
        .. Families("counter", ["app_id", "target", "outcome"], "webhook_attempts_total"),
        .. Families("counter", ["app_id", "outcome"], "webhook_jobs_total"),
        .. Families("histogram", ["target"], "webhook_duration_seconds"),
        .. Families("gauge", ["state"], "queue_depth"),
        .. Families("counter", [], "queue_dropped_total cluster_gaps_total cluster_nodes_lost_total"),
        .. Families("counter", ["result"], "cache_requests_total app_lookups_total"),
        .. Families("gauge", ["component", "driver"], "backend_up"),
        .. Families("counter", ["kind"], "cluster_messages_sent_total cluster_messages_received_total cluster_bytes_sent_total cluster_bytes_received_total"),
        .. Families("gauge", ["version", "mode", "runtime"], "build_info"),
        // Not in the specification: targets that are only probed, and the memory that alerts compare with.
        .. Families("gauge", [], "webhook_targets_paused memory_limit_bytes"),
    ];

    /// <summary>Those of the process and the runtime: no prefix, and no label but <c>generation</c>.</summary>
    public static IReadOnlyList<(string Name, string Type, string[] Labels)> OfTheProcess { get; } =
    [
        .. Families("counter", [], "process_cpu_seconds_total dotnet_gc_pause_seconds_total dotnet_exceptions_total"),
        .. Families("gauge", [],
            "process_resident_memory_bytes process_virtual_memory_bytes process_open_fds process_max_fds process_start_time_seconds process_threads"
            + " dotnet_gc_heap_size_bytes dotnet_threadpool_threads dotnet_threadpool_queue_length"),
        .. Families("counter", ["generation"], "dotnet_gc_collections_total"),
    ];

    /// <summary>The values that labels may have, where the specification lists them (metrics.md 2 and 4).</summary>
    public static IReadOnlyDictionary<string, string[]> Values { get; } = new Dictionary<string, string[]>(StringComparer.Ordinal)
    {
        ["channel_type"] = "public private private-encrypted presence cache private-cache private-encrypted-cache presence-cache user".Split(' '),
        ["recipient_count_bucket"] = "xs sm md lg xl".Split(' '),
        ["error_type"] =
            ("app_not_found app_disabled over_quota over_capacity rate_limited protocol_version tls_required origin draining auth_timeout pong_timeout slow_consumer"
            + " message_too_large protocol_error").Split(' '),
        ["reason"] = "auth invalid_channel invalid_data limit existing server".Split(' '),
        ["limiter_type"] = "api websocket_connect client_event backend_event read_request".Split(' '),
        ["request_context"] = "http websocket".Split(' '),
        ["method"] = "GET POST HEAD OPTIONS other".Split(' '),
        ["route"] = Routes.Split(' '),
        ["component"] = "adapter app_manager cache queue rate_limiter".Split(' '),
        ["target"] = "http lambda".Split(' '),
        ["outcome"] = "success failure delivered dead dropped".Split(' '),
        ["source"] = "http client".Split(' '),
        ["state"] = "ready leased delayed dead".Split(' '),
        ["result"] = "hit miss error negative_hit loaded not_found".Split(' '),
        ["kind"] = "event state heartbeat control".Split(' '),
    };

    /// <summary>Upper bounds of the buckets.</summary>
    public static IReadOnlyDictionary<string, string> Buckets { get; } = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["broadcast_latency_ms"] = "0.5 1 2.5 5 10 25 50 100 250 500 1000 2500 5000 +Inf",
        ["horizontal_adapter_resolve_time"] = "0.005 0.01 0.025 0.05 0.1 0.25 0.5 1 2.5 5 10 +Inf",
        ["http_request_duration_seconds"] = "0.005 0.01 0.025 0.05 0.1 0.25 0.5 1 2.5 5 10 +Inf",
        ["webhook_duration_seconds"] = "0.005 0.01 0.025 0.05 0.1 0.25 0.5 1 2.5 5 10 +Inf",
    };

    private static IEnumerable<(string Name, string Type, string[] Labels)> Families(string type, string[] labels, string names) =>
        names.Split(' ').Select(name => (name, type, labels));
}
