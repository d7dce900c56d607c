namespace Sockudo.Dashboard.Documents;

/// <summary>A page of the connections of an app to this node, the oldest first.</summary>
/// <param name="Connections">The connections of this page.</param>
/// <param name="Total">How many there are on all pages.</param>
/// <param name="Next">Value of <c>after</c> for the next page; null if this is the last.</param>
internal sealed record ConnectionListDocument(IReadOnlyList<ConnectionDocument> Connections, int Total, string? Next);
