using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Sockudo.Server.Apps;

namespace Sockudo.Configuration;

/// <summary>Prints the effective configuration as JSON, secrets as <c>"***"</c> (configuration.md 1.4).</summary>
internal static class ConfigurationPrinter
{
    private static readonly JsonWriterOptions WriterOptions = new() { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>One JSON object with every key.</summary>
    public static string Print(ConfigurationResult configuration)
    {
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream, WriterOptions))
        {
            writer.WriteStartObject();
            WriteSection(writer, [.. ConfigurationKeys.All.Select(static key => (key.Path, key))], configuration);
            writer.WriteEndObject();
        }

        return Encoding.UTF8.GetString(stream.ToArray());
    }

    private static void WriteSection(
        Utf8JsonWriter writer, IReadOnlyList<(string Name, ConfigurationKey Key)> keys, ConfigurationResult configuration)
    {
        foreach (var group in keys.GroupBy(static entry => entry.Name.Split('.')[0]))
        {
            var first = group.First();
            if (first.Name == group.Key)
            {
                writer.WritePropertyName(group.Key);
                WriteKey(writer, first.Key, configuration);
                continue;
            }

            writer.WriteStartObject(group.Key);
            WriteSection(writer, [.. group.Select(entry => (entry.Name[(group.Key.Length + 1)..], entry.Key))], configuration);
            writer.WriteEndObject();
        }
    }

    private static void WriteKey(Utf8JsonWriter writer, ConfigurationKey key, ConfigurationResult configuration)
    {
        if (key.Type == KeyType.Apps)
        {
            writer.WriteStartArray();
            foreach (var app in configuration.Options.AppManager.Array.Apps)
                WriteApp(writer, app);
            writer.WriteEndArray();
            return;
        }

        // Of an address only its user info is secret.
        var value = configuration.Effective[key.Path];
        WriteValue(writer, value switch
        {
            string text when key.Type.IsUrl => Masked.Address(text),
            string { Length: > 0 } when key.IsSecret => Masked.Secret,
            string text => Masked.Text(text),
            IReadOnlyList<string> list when key.IsSecret => list.Select(Masked.Address).ToArray(),
            _ => value,
        });
    }

    private static void WriteValue(Utf8JsonWriter writer, object? value)
    {
        switch (value)
        {
            case null:
                writer.WriteNullValue();
                break;
            case bool boolean:
                writer.WriteBooleanValue(boolean);
                break;
            case int number:
                writer.WriteNumberValue(number);
                break;
            case double number:
                writer.WriteNumberValue(number);
                break;
            case UnixFileMode mode:
                writer.WriteStringValue(Convert.ToString((int)mode, 8));
                break;
            case IReadOnlyList<string> list:
                writer.WriteStartArray();
                foreach (var item in list)
                    writer.WriteStringValue(item);
                writer.WriteEndArray();
                break;
            case Enum choice:
                writer.WriteStringValue(Choices.NameOf(choice));
                break;
            default:
                writer.WriteStringValue(value.ToString());
                break;
        }
    }

    private static void WriteApp(Utf8JsonWriter writer, App app)
    {
        writer.WriteStartObject();
        writer.WriteString("id", app.Id);
        writer.WriteString("key", app.Key);
        writer.WriteString("secret", Masked.Secret);
        if (app.PreviousSecret is not null)
            writer.WriteString("previous_secret", Masked.Secret);
        writer.WriteBoolean("enabled", app.Enabled);
        writer.WriteBoolean("enable_client_messages", app.EnableClientMessages);
        writer.WriteBoolean("enable_user_authentication", app.EnableUserAuthentication);
        writer.WriteBoolean("enable_authorized_connections", app.EnableAuthorizedConnections);
        writer.WriteBoolean("enable_watchlist_events", app.EnableWatchlistEvents);
        writer.WriteBoolean("enable_subscription_count", app.EnableSubscriptionCount);
        writer.WriteBoolean("require_tls", app.RequireTls);
        writer.WriteStartArray("allowed_origins");
        foreach (var origin in app.AllowedOrigins)
            writer.WriteStringValue(origin.Text);
        writer.WriteEndArray();
        foreach (var (name, limit) in Limits(app))
        {
            if (limit is { } number)
                writer.WriteNumber(name, number);
        }

        writer.WriteStartArray("webhooks");
        foreach (var webhook in app.Webhooks)
            WriteWebhook(writer, webhook);
        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    private static void WriteWebhook(Utf8JsonWriter writer, AppWebhook webhook)
    {
        writer.WriteStartObject();
        if (webhook.Url is { } url)
            writer.WriteString("url", Masked.Address(url.OriginalString));
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
        foreach (var name in webhook.Headers.Keys)
            writer.WriteString(name, Masked.Secret);
        writer.WriteEndObject();
        writer.WriteEndObject();
    }

    private static void WriteText(Utf8JsonWriter writer, string name, string? text)
    {
        if (text is not null)
            writer.WriteString(name, text);
    }

    private static (string Name, int? Limit)[] Limits(App app) =>
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
}
