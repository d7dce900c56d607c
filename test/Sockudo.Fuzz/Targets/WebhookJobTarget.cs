using System.Text;
using System.Text.Json;
using System.Text.Unicode;
using Sockudo.Server.Webhooks;

namespace Sockudo.Fuzz.Targets;

/// <summary>Jobs as they lie in Redis and SQS: what is read is whole and the same as with <see cref="JsonDocument"/>, and comes back when it is written.</summary>
internal static class WebhookJobTarget
{
    public static void Check(byte[] input)
    {
        var text = Encoding.UTF8.GetString(input);
        var job = WebhookJobText.TryRead(text, out var isNewer);
        Finding.Unless(job is null || !isNewer, "a job that is read and for newer nodes");
        if (Utf8.IsValid(input))
            Finding.UnlessSame(Expected(input), job, "job");
        if (job is null)
            return;
        Finding.Unless(job is { Id: not null, AppId: not null, Webhook: not null, Lane: not null, Body: not null }, "a job without a part");
        Finding.UnlessSame(job, WebhookJobText.TryRead(WebhookJobText.Write(job), out _), "a job that was written");
    }

    private static WebhookJob? Expected(byte[] input)
    {
        using var document = ReferenceJson.ReadObject(input);
        if (document is null || !Number(document.RootElement, "v", out var version) || version != 1 || !Number(document.RootElement, "created_ms", out var created))
            return null;
        string?[] texts = [.. new[] { "id", "app_id", "webhook", "lane", "body" }.Select(name => ReferenceJson.Text(ReferenceJson.Last(document.RootElement, name)))];
        return Array.Exists(texts, static text => text is null) ? null : new WebhookJob(texts[0]!, texts[1]!, texts[2]!, texts[3]!, created, texts[4]!);
    }

    private static bool Number(JsonElement job, string name, out long number)
    {
        number = 0;
        var value = ReferenceJson.Last(job, name);
        return value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out number);
    }
}
