using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Sockudo.Server.Webhooks;

/// <summary>Jobs as text, for queues that other nodes read too (storage.md 5.1): <c>{"v":1,"id":…,"app_id":…,"webhook":…,"lane":…,"created_ms":…,"body":"…"}</c>.</summary>
public static class WebhookJobText
{
    private const int Version = 1;

    private static readonly JsonWriterOptions WriterOptions = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Writes a job.</summary>
    public static string Write(WebhookJob job)
    {
        ArgumentNullException.ThrowIfNull(job);
        var buffer = new ArrayBufferWriter<byte>(256 + job.Body.Length);
        using (var writer = new Utf8JsonWriter(buffer, WriterOptions))
        {
            writer.WriteStartObject();
            writer.WriteNumber("v"u8, Version);
            writer.WriteString("id"u8, job.Id);
            writer.WriteString("app_id"u8, job.AppId);
            writer.WriteString("webhook"u8, job.Webhook);
            writer.WriteString("lane"u8, job.Lane);
            writer.WriteNumber("created_ms"u8, job.CreatedMs);
            writer.WriteString("body"u8, job.Body);
            writer.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    /// <summary>Reads a job; null if it is none, or of another version.</summary>
    /// <param name="text">The text.</param>
    /// <param name="isNewer">It is one of a newer version, for newer nodes.</param>
    public static WebhookJob? TryRead(string text, out bool isNewer)
    {
        isNewer = false;
        try
        {
            using var document = JsonDocument.Parse(text);
            var job = document.RootElement;
            var version = job.GetProperty("v"u8).GetInt32();
            isNewer = version > Version;
            return version != Version
                ? null
                : new WebhookJob(
                    Text(job, "id"u8), Text(job, "app_id"u8), Text(job, "webhook"u8), Text(job, "lane"u8), job.GetProperty("created_ms"u8).GetInt64(), Text(job, "body"u8));
        }
        catch (Exception exception) when (exception is JsonException or ArgumentException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            return null;
        }
    }

    private static string Text(JsonElement job, ReadOnlySpan<byte> name) => job.GetProperty(name).GetString() ?? throw new FormatException();
}
