namespace Sockudo.Dashboard.Documents;

/// <summary>Whether the caller is let in.</summary>
/// <param name="NeedsSignIn">A password or token is needed at all.</param>
/// <param name="IsSignedIn">The caller has shown one, or needs none.</param>
/// <param name="Node">Name of the node; null for strangers.</param>
/// <param name="Version">Version of the server; null for strangers.</param>
internal sealed record SessionDocument(bool NeedsSignIn, bool IsSignedIn, string? Node, string? Version);
