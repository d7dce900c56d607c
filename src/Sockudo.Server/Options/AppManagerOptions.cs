namespace Sockudo.Server.Options;

/// <summary>Section <c>app_manager</c> of the configuration.</summary>
public sealed record AppManagerOptions
{
    /// <summary>Where apps are kept.</summary>
    public AppManagerDriver Driver { get; init; }

    /// <summary>Section <c>app_manager.array</c>.</summary>
    public AppManagerArrayOptions Array { get; init; } = new();

    /// <summary>Create the table and add missing columns at start.</summary>
    public bool AutoMigrate { get; init; } = true;

    /// <summary>Section <c>app_manager.cache</c>.</summary>
    public AppManagerCacheOptions Cache { get; init; } = new();
}
