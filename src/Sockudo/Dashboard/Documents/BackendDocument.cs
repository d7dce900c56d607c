namespace Sockudo.Dashboard.Documents;

/// <summary>Something that the node needs.</summary>
/// <param name="Component"><c>adapter</c>, <c>app_manager</c>, <c>cache</c>, <c>queue</c> or <c>rate_limiter</c>.</param>
/// <param name="Driver">Its driver.</param>
/// <param name="State"><c>ok</c>, <c>down</c>, or for the adapter <c>isolated</c>.</param>
internal sealed record BackendDocument(string Component, string Driver, string State);
