using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Sockudo.Server.Webhooks;

/// <summary>Events and bodies as receivers get them (WH-2, WH-3).</summary>
internal static class WebhookBody
{
    private static readonly JsonWriterOptions WriterOptions = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    /// <summary>The name of a type of events.</summary>
    public static string NameOf(WebhookEventType type) => type switch
    {
        WebhookEventType.ChannelOccupied => "channel_occupied",
        WebhookEventType.ChannelVacated => "channel_vacated",
        WebhookEventType.MemberAdded => "member_added",
        WebhookEventType.MemberRemoved => "member_removed",
        WebhookEventType.ClientEvent => "client_event",
        WebhookEventType.CacheMiss => "cache_miss",
        _ => "subscription_count",
    };

    /// <summary>An event as a JSON object: "all values are strings, except subscription_count".</summary>
    public static string Write(WebhookEvent webhookEvent)
    {
        var buffer = new ArrayBufferWriter<byte>(128);
        using (var writer = new Utf8JsonWriter(buffer, WriterOptions))
        {
            writer.WriteStartObject();
            writer.WriteString("name"u8, NameOf(webhookEvent.Type));
            writer.WriteString("channel"u8, webhookEvent.Channel);
            if (webhookEvent.Body is { } body)
                WriteClientEvent(writer, buffer, body);
            if (webhookEvent.SocketId is { } socketId)
                writer.WriteString("socket_id"u8, socketId);
            if (webhookEvent.UserId is { } userId)
                writer.WriteString("user_id"u8, userId);
            if (webhookEvent.Type == WebhookEventType.SubscriptionCount)
                writer.WriteNumber("subscription_count"u8, webhookEvent.SubscriptionCount);
            writer.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    /// <summary>The text of a request: <c>{"time_ms":…,"events":[…]}</c>.</summary>
    public static string Join(long timeMs, IEnumerable<string> events) =>
        string.Create(CultureInfo.InvariantCulture, $"{{\"time_ms\":{timeMs},\"events\":[{string.Join(',', events)}]}}");

    /// <summary>The names of the events of a body, each once; none if it is not one of ours, as a queue that others can write to may hold.</summary>
    public static SortedSet<string> EventNames(string body)
    {
        try
        {
            using var document = JsonDocument.Parse(body);
            return [.. document.RootElement.GetProperty("events"u8).EnumerateArray().Select(static item => item.GetProperty("name"u8).GetString()!)];
        }
        catch (Exception exception) when (exception is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            return [];
        }
    }

    // The members of {"event":name,"data":"…"} as they are.
    private static void WriteClientEvent(Utf8JsonWriter writer, ArrayBufferWriter<byte> buffer, byte[] body)
    {
        writer.Flush();
        buffer.Write(","u8);
        buffer.Write(body.AsSpan(1, body.Length - 2));
    }
}
