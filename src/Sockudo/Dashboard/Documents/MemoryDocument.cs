namespace Sockudo.Dashboard.Documents;

/// <summary>Memory of the process.</summary>
/// <param name="UsedBytes">Resident.</param>
/// <param name="TotalBytes">What it may use.</param>
/// <param name="HeapBytes">Managed heap.</param>
internal sealed record MemoryDocument(long UsedBytes, long TotalBytes, long HeapBytes);
