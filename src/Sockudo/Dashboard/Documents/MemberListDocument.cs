namespace Sockudo.Dashboard.Documents;

/// <summary>A page of the users of a presence channel on all nodes, by id.</summary>
/// <param name="Members">The users of this page.</param>
/// <param name="Total">How many there are on all pages.</param>
/// <param name="Next">Value of <c>after</c> for the next page; null if this is the last.</param>
internal sealed record MemberListDocument(IReadOnlyList<MemberDocument> Members, int Total, string? Next);
