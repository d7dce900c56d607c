namespace Sockudo.Dashboard.Documents;

/// <summary>A page of the occupied channels of an app, by name.</summary>
/// <param name="Channels">The channels of this page.</param>
/// <param name="Total">How many there are on all pages.</param>
/// <param name="Next">Value of <c>after</c> for the next page; null if this is the last.</param>
internal sealed record ChannelListDocument(IReadOnlyList<OccupiedChannelDocument> Channels, int Total, string? Next);
