namespace Sockudo.Dashboard.Documents;

/// <summary>How many something was done to.</summary>
internal sealed record CountDocument(int Count);
