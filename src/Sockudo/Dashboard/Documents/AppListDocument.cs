namespace Sockudo.Dashboard.Documents;

/// <summary>Apps, by id.</summary>
/// <param name="Apps">The apps.</param>
/// <param name="IsComplete">False: apps are in a database, and these are the ones that this node has met since its start.</param>
internal sealed record AppListDocument(IReadOnlyList<AppDocument> Apps, bool IsComplete);
