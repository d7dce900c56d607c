using Sockudo.Server.Apps;

namespace Sockudo.Dashboard.Documents;

/// <summary>What an app allows and asks for, by the names of the configuration.</summary>
internal sealed record FeaturesDocument(
    bool EnableClientMessages, bool EnableUserAuthentication, bool EnableAuthorizedConnections, bool EnableWatchlistEvents, bool EnableSubscriptionCount, bool RequireTls,
    IReadOnlyList<string> AllowedOrigins)
{
    /// <summary>Those of an app.</summary>
    public static FeaturesDocument Of(App app) => new(
        app.EnableClientMessages, app.EnableUserAuthentication, app.EnableAuthorizedConnections, app.EnableWatchlistEvents, app.EnableSubscriptionCount, app.RequireTls,
        [.. app.AllowedOrigins.Select(static origin => origin.Text)]);
}
