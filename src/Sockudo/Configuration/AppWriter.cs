using System.Text.Json;
using Sockudo.Server.Apps;

namespace Sockudo.Configuration;

/// <summary>Writes apps as JSON, in the form in which configuration and databases hold them (configuration.md 4.1).</summary>
internal static class AppWriter
{
    /// <summary>Writes an app as one object.</summary>
    /// <param name="writer">Where.</param>
    /// <param name="app">The app.</param>
    /// <param name="showSecrets">False: <c>"***"</c> instead of secrets, tokens in headers and user info in URLs.</param>
    public static void Write(Utf8JsonWriter writer, App app, bool showSecrets)
    {
        writer.WriteStartObject();
        writer.WriteString("id", app.Id);
        writer.WriteString("key", app.Key);
        writer.WriteString("secret", showSecrets ? app.Secret : Masked.Secret);
        if (app.PreviousSecret is not null)
            writer.WriteString("previous_secret", showSecrets ? app.PreviousSecret : Masked.Secret);
        writer.WriteBoolean("enabled", app.Enabled);
        writer.WriteBoolean("enable_client_messages", app.EnableClientMessages);
        writer.WriteBoolean("enable_user_authentication", app.EnableUserAuthentication);
        writer.WriteBoolean("enable_authorized_connections", app.EnableAuthorizedConnections);
        writer.WriteBoolean("enable_watchlist_events", app.EnableWatchlistEvents);
        writer.WriteBoolean("enable_subscription_count", app.EnableSubscriptionCount);
        writer.WriteBoolean("require_tls", app.RequireTls);
        writer.WritePropertyName("allowed_origins");
        WriteOrigins(writer, app);
        foreach (var (name, limit) in Limits(app))
        {
            if (limit is { } number)
                writer.WriteNumber(name, number);
        }

        writer.WritePropertyName("webhooks");
        WriteWebhooks(writer, app, showSecrets);
        writer.WriteEndObject();
    }

    /// <summary>Writes <c>allowed_origins</c> as a list.</summary>
    public static void WriteOrigins(Utf8JsonWriter writer, App app)
    {
        writer.WriteStartArray();
        foreach (var origin in app.AllowedOrigins)
            writer.WriteStringValue(origin.Text);
        writer.WriteEndArray();
    }

    /// <summary>Writes <c>webhooks</c> as a list.</summary>
    public static void WriteWebhooks(Utf8JsonWriter writer, App app, bool showSecrets)
    {
        writer.WriteStartArray();
        foreach (var webhook in app.Webhooks)
            WriteWebhook(writer, webhook, showSecrets);
        writer.WriteEndArray();
    }

    /// <summary>The numbers of an app by their field; null = absent.</summary>
    public static IEnumerable<(string Name, int? Limit)> Limits(App app) =>
    [
        ("max_connections", app.MaxConnections),
        ("max_client_events_per_second", app.MaxClientEventsPerSecond),
        ("max_backend_events_per_second", app.MaxBackendEventsPerSecond),
        ("max_read_requests_per_second", app.MaxReadRequestsPerSecond),
        ("max_presence_members_per_channel", app.MaxPresenceMembersPerChannel),
        ("max_presence_member_size_in_kb", app.MaxPresenceMemberSizeInKb),
        ("max_channel_name_length", app.MaxChannelNameLength),
        ("max_event_channels_at_once", app.MaxEventChannelsAtOnce),
        ("max_event_name_length", app.MaxEventNameLength),
        ("max_event_payload_in_kb", app.MaxEventPayloadInKb),
        ("max_event_batch_size", app.MaxEventBatchSize),
    ];

    private static void WriteWebhook(Utf8JsonWriter writer, AppWebhook webhook, bool showSecrets)
    {
        writer.WriteStartObject();
        if (webhook.Url is { } url)
            writer.WriteString("url", showSecrets ? url.OriginalString : Masked.Address(url.OriginalString));
        if (webhook.Lambda is { } lambda)
        {
            writer.WriteStartObject("lambda");
            writer.WriteString("function_name", lambda.FunctionName);
            writer.WriteString("region", lambda.Region);
            writer.WriteEndObject();
        }

        writer.WriteStartArray("event_types");
        foreach (var (name, _) in WebhookReader.EventTypes.Where(entry => webhook.EventTypes.Contains(entry.Value)))
            writer.WriteStringValue(name);
        writer.WriteEndArray();
        if (webhook.Filter is { } filter)
        {
            writer.WriteStartObject("filter");
            WriteText(writer, "channel_prefix", filter.Prefix);
            WriteText(writer, "channel_suffix", filter.Suffix);
            WriteText(writer, "channel_pattern", filter.Pattern?.ToString());
            writer.WriteEndObject();
        }

        // Some carry tokens.
        writer.WriteStartObject("headers");
        foreach (var (name, value) in webhook.Headers)
            writer.WriteString(name, showSecrets ? value : Masked.Secret);
        writer.WriteEndObject();
        writer.WriteEndObject();
    }

    private static void WriteText(Utf8JsonWriter writer, string name, string? text)
    {
        if (text is not null)
            writer.WriteString(name, text);
    }
}
