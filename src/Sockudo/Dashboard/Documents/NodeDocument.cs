namespace Sockudo.Dashboard.Documents;

/// <summary>A node.</summary>
/// <param name="Name"><c>instance.process_id</c>, or a random name.</param>
/// <param name="Version">Version of the server.</param>
/// <param name="Mode"><c>mode</c>.</param>
/// <param name="StartedAt">When it started.</param>
/// <param name="UptimeSeconds">Seconds since then.</param>
/// <param name="IsReady">It takes traffic.</param>
/// <param name="IsDraining">It is stopping.</param>
/// <param name="CpuSeconds">Processor time used since the start.</param>
/// <param name="Processors">Processors that it may use.</param>
internal sealed record NodeDocument(
    string Name, string Version, string Mode, DateTimeOffset StartedAt, long UptimeSeconds, bool IsReady, bool IsDraining, double CpuSeconds, int Processors);
