namespace Sockudo.Dashboard.Documents;

/// <summary>A page of channel names, in order.</summary>
/// <param name="Channels">The names of this page.</param>
/// <param name="Total">How many there are on all pages.</param>
/// <param name="Next">Value of <c>after</c> for the next page; null if this is the last.</param>
internal sealed record NameListDocument(IReadOnlyList<string> Channels, int Total, string? Next);
