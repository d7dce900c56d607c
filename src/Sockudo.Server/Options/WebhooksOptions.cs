namespace Sockudo.Server.Options;

/// <summary>Section <c>webhooks</c> of the configuration.</summary>
public sealed record WebhooksOptions
{
    /// <summary>Section <c>webhooks.batching</c>.</summary>
    public WebhooksBatchingOptions Batching { get; init; } = new();

    /// <summary>Allow targets with link-local or cloud metadata addresses.</summary>
    public bool AllowLinkLocal { get; init; }

    /// <summary>Milliseconds by which vacated and removed events are delayed (WH-6); 0 = off.</summary>
    public int SmoothingMs { get; init; } = 3000;

    /// <summary>Milliseconds with at most one <c>cache_miss</c> per channel (K-8).</summary>
    public int CacheMissWindowMs { get; init; } = 5000;

    /// <summary>Milliseconds of one attempt.</summary>
    public int RequestTimeoutMs { get; init; } = 10_000;

    /// <summary>Requests at once per app and node, shared evenly by its webhooks.</summary>
    public int MaxInFlight { get; init; } = 20;

    /// <summary>Section <c>webhooks.retry</c>.</summary>
    public WebhooksRetryOptions Retry { get; init; } = new();
}
