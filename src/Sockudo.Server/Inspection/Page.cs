namespace Sockudo.Server.Inspection;

/// <summary>A part of a long list, in a fixed order.</summary>
/// <param name="Items">The entries.</param>
/// <param name="Total">How many there are on all pages together.</param>
/// <param name="HasMore">There are entries after these.</param>
internal sealed record Page<T>(IReadOnlyList<T> Items, int Total, bool HasMore);
