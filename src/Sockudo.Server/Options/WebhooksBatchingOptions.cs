namespace Sockudo.Server.Options;

/// <summary>Section <c>webhooks.batching</c> of the configuration.</summary>
public sealed record WebhooksBatchingOptions
{
    /// <summary>Send several events in one request.</summary>
    public bool Enabled { get; init; } = true;

    /// <summary>Milliseconds an event waits for others at most.</summary>
    public int Duration { get; init; } = 50;

    /// <summary>Events in one request at most.</summary>
    public int Size { get; init; } = 50;
}
