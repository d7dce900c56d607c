namespace Sockudo.Server.Options;

/// <summary>Section <c>cors</c> of the configuration.</summary>
public sealed record CorsOptions
{
    /// <summary>Origins that may call the HTTP API; <c>*</c> or <c>any</c> = every one.</summary>
    public IReadOnlyList<string> Origin { get; init; } = ["*"];

    /// <summary>Methods allowed in preflights.</summary>
    public IReadOnlyList<string> Methods { get; init; } = ["GET", "POST", "OPTIONS"];

    /// <summary>Headers allowed in preflights.</summary>
    public IReadOnlyList<string> AllowedHeaders { get; init; } = ["Authorization", "Content-Type", "X-Requested-With", "Accept"];

    /// <summary>Allow credentials for listed origins.</summary>
    public bool Credentials { get; init; } = true;
}
