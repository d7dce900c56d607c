namespace Sockudo.Server.Options;

/// <summary>Section <c>app_manager.cache</c> of the configuration.</summary>
public sealed record AppManagerCacheOptions
{
    /// <summary>Cache looked-up apps of persistent drivers.</summary>
    public bool Enabled { get; init; } = true;

    /// <summary>Seconds an app stays cached.</summary>
    public int Ttl { get; init; } = 300;

    /// <summary>Seconds "no such app" stays cached; 0 = off.</summary>
    public int NegativeTtl { get; init; } = 10;
}
