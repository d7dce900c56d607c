namespace Sockudo.Dashboard.Documents;

/// <summary>Events that a watcher has missed because he was slow.</summary>
/// <param name="Count">Since he was last told.</param>
/// <param name="Total">Since he began.</param>
internal sealed record DroppedDocument(long Count, long Total);
