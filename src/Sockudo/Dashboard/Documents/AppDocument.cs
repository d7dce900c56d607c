namespace Sockudo.Dashboard.Documents;

/// <summary>An app, without its secrets.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Key">Its key, which clients have.</param>
/// <param name="IsEnabled">False: nobody may use it.</param>
/// <param name="Features">What it allows.</param>
/// <param name="Limits">What it is limited to.</param>
/// <param name="Webhooks">Number of its webhooks.</param>
/// <param name="ShowsPayloads">Event data, <c>user_info</c> and webhook bodies are shown.</param>
/// <param name="Connections">Open connections; those of other nodes as far as they count against the quota.</param>
/// <param name="Channels">Channels with subscriptions on this node.</param>
/// <param name="Subscriptions">Subscriptions on this node.</param>
/// <param name="Totals">Counted on this node since its start.</param>
internal sealed record AppDocument(
    string Id, string Key, bool IsEnabled, FeaturesDocument Features, LimitsDocument Limits, int Webhooks, bool ShowsPayloads, Spread Connections, int Channels,
    int Subscriptions, TotalsDocument Totals);
