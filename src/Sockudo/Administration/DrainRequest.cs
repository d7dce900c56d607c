namespace Sockudo.Administration;

/// <summary>One call of <c>sockudo drain</c>.</summary>
/// <param name="ProcessId">The process; null = the one that listens where the configuration says.</param>
/// <param name="Timeout">How long to wait for its end; null = its grace period and ten seconds.</param>
internal sealed record DrainRequest(int? ProcessId, TimeSpan? Timeout);
