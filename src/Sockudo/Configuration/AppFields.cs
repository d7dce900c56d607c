namespace Sockudo.Configuration;

/// <summary>The fields of an app and the variables that set those of the default app (configuration.md 4.1).</summary>
internal static class AppFields
{
    private const string Prefix = "SOCKUDO_DEFAULT_APP_";

    /// <summary>Field, type; in the order of the documentation.</summary>
    public static IReadOnlyList<(string Name, KeyType Type)> All { get; } =
    [
        ("id", KeyType.Text),
        ("key", KeyType.Text),
        ("secret", KeyType.Text),
        ("enabled", KeyType.Boolean),
        ("enable_client_messages", KeyType.Boolean),
        ("enable_user_authentication", KeyType.Boolean),
        ("enable_authorized_connections", KeyType.Boolean),
        ("enable_watchlist_events", KeyType.Boolean),
        ("enable_subscription_count", KeyType.Boolean),
        ("require_tls", KeyType.Boolean),
        ("allowed_origins", KeyType.Origins),
        ("max_connections", KeyType.Limit),
        ("max_client_events_per_second", KeyType.Limit),
        ("max_backend_events_per_second", KeyType.Limit),
        ("max_read_requests_per_second", KeyType.Limit),
        ("max_presence_members_per_channel", KeyType.Limit),
        ("max_presence_member_size_in_kb", KeyType.Limit),
        ("max_channel_name_length", KeyType.Limit),
        ("max_event_channels_at_once", KeyType.Limit),
        ("max_event_name_length", KeyType.Limit),
        ("max_event_payload_in_kb", KeyType.Limit),
        ("max_event_batch_size", KeyType.Limit),
        ("webhooks", KeyType.Webhooks),
    ];

    /// <summary>Every variable of the default app, <c>_FILE</c> included.</summary>
    public static IReadOnlyList<string> Variables { get; } =
        [.. All.SelectMany(static field => VariablesOf(field.Name)), Prefix + "SECRET_FILE"];

    /// <summary>The variables of a field, the first that is set wins.</summary>
    public static IReadOnlyList<string> VariablesOf(string field) => field == "enable_client_messages"
        ? ["SOCKUDO_ENABLE_CLIENT_MESSAGES", Prefix + "ENABLE_CLIENT_MESSAGES"]
        : [Prefix + field.ToUpperInvariant()];
}
