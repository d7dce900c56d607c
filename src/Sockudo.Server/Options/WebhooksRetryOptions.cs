namespace Sockudo.Server.Options;

/// <summary>Section <c>webhooks.retry</c> of the configuration.</summary>
public sealed record WebhooksRetryOptions
{
    /// <summary>Try failed requests again.</summary>
    public bool Enabled { get; init; } = true;

    /// <summary>Milliseconds before the second attempt.</summary>
    public int InitialDelayMs { get; init; } = 1000;

    /// <summary>Milliseconds between attempts at most.</summary>
    public int MaxDelayMs { get; init; } = 60_000;

    /// <summary>Seconds after which a job is given up.</summary>
    public int MaxAgeS { get; init; } = 300;
}
