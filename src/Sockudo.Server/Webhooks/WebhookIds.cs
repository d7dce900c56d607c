using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Sockudo.Server.Apps;

namespace Sockudo.Server.Webhooks;

/// <summary>Names of webhooks and lanes (storage.md 5.1). They say nothing of what they were made from.</summary>
public static class WebhookIds
{
    /// <summary>The webhooks of an app by their ids, in the app's order.</summary>
    public static IReadOnlyList<(string Id, AppWebhook Webhook)> Of(App app)
    {
        ArgumentNullException.ThrowIfNull(app);
        var seen = new Dictionary<string, int>(StringComparer.Ordinal);
        var ids = new List<(string, AppWebhook)>(app.Webhooks.Count);
        foreach (var webhook in app.Webhooks)
        {
            var target = webhook.Url is { } url ? $"http:{url.OriginalString}" : $"lambda:{webhook.Lambda!.Region}:{webhook.Lambda.FunctionName}";
            var number = seen[target] = seen.GetValueOrDefault(target, -1) + 1;
            ids.Add((Hash(string.Create(CultureInfo.InvariantCulture, $"{target}#{number}")), webhook));
        }

        return ids;
    }

    /// <summary>The lane of a job.</summary>
    /// <param name="appId">The app.</param>
    /// <param name="webhook">Id of the webhook.</param>
    /// <param name="channel">The channel; null for requests that may hold events of several.</param>
    public static string LaneOf(string appId, string webhook, string? channel) => Hash(channel is null ? $"{appId}\n{webhook}" : $"{appId}\n{webhook}\n{channel}");

    /// <summary>Names the target of a job among those of all apps.</summary>
    public static string TargetOf(WebhookJob job)
    {
        ArgumentNullException.ThrowIfNull(job);
        return $"{job.AppId}/{job.Webhook}";
    }

    private static string Hash(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)).AsSpan(0, 8));
}
