using Sockudo.Server.Webhooks;

namespace Sockudo.Server.Apps;

/// <summary>One entry of an app's <c>webhooks</c>: a target and what it wants to hear of (webhooks.md 1).</summary>
public sealed record AppWebhook
{
    /// <summary>HTTP target; null for a Lambda target.</summary>
    public Uri? Url { get; init; }

    /// <summary>Lambda target; null for an HTTP target.</summary>
    public LambdaTarget? Lambda { get; init; }

    /// <summary>What people may be told of the target: its host, or where its function is. Nothing that may hold a secret.</summary>
    public string Host => Url?.Authority.Split('@')[^1] ?? $"lambda {Lambda!.Region}";

    /// <summary>The events wanted.</summary>
    public required IReadOnlyList<WebhookEventType> EventTypes { get; init; }

    /// <summary>The channels wanted; null = all.</summary>
    public ChannelFilter? Filter { get; init; }

    /// <summary>Headers added to HTTP requests.</summary>
    public IReadOnlyDictionary<string, string> Headers { get; init; } = new Dictionary<string, string>();

    /// <summary>Whether this entry wants events of this type on this channel.</summary>
    public bool Wants(WebhookEventType type, string channel) => EventTypes.Contains(type) && Filter?.Matches(channel) != false;
}
