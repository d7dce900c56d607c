namespace Sockudo.Server.Apps;

/// <summary>The fields of an app (configuration.md 4.1) as every store knows them.</summary>
public static class AppSchema
{
    /// <summary>All of them, in the order of the documentation. The first three are required.</summary>
    public static IReadOnlyList<(string Name, AppFieldKind Kind)> Fields { get; } =
    [
        ("id", AppFieldKind.Text),
        ("key", AppFieldKind.Text),
        ("secret", AppFieldKind.Text),
        ("previous_secret", AppFieldKind.Text),
        ("enabled", AppFieldKind.Flag),
        ("enable_client_messages", AppFieldKind.Flag),
        ("enable_user_authentication", AppFieldKind.Flag),
        ("enable_authorized_connections", AppFieldKind.Flag),
        ("enable_watchlist_events", AppFieldKind.Flag),
        ("enable_subscription_count", AppFieldKind.Flag),
        ("require_tls", AppFieldKind.Flag),
        ("allowed_origins", AppFieldKind.Json),
        ("max_connections", AppFieldKind.Number),
        ("max_client_events_per_second", AppFieldKind.Number),
        ("max_backend_events_per_second", AppFieldKind.Number),
        ("max_read_requests_per_second", AppFieldKind.Number),
        ("max_presence_members_per_channel", AppFieldKind.Number),
        ("max_presence_member_size_in_kb", AppFieldKind.Number),
        ("max_channel_name_length", AppFieldKind.Number),
        ("max_event_channels_at_once", AppFieldKind.Number),
        ("max_event_name_length", AppFieldKind.Number),
        ("max_event_payload_in_kb", AppFieldKind.Number),
        ("max_event_batch_size", AppFieldKind.Number),
        ("webhooks", AppFieldKind.Json),
    ];

    /// <summary>The fields without which there is no app.</summary>
    public static IReadOnlyList<string> Required { get; } = ["id", "key", "secret"];
}
