using Sockudo.Server.Apps;

namespace Sockudo.Server.Options;

/// <summary>Section <c>app_manager.array</c> of the configuration.</summary>
public sealed record AppManagerArrayOptions
{
    /// <summary>The apps of the <c>memory</c> driver.</summary>
    public IReadOnlyList<App> Apps { get; init; } = [];
}
