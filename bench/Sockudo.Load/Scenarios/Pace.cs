namespace Sockudo.Load.Scenarios;

/// <summary>How fast messages leave.</summary>
/// <param name="Window">
/// Closed loop: so many messages leave together, and the next when all of them have arrived everywhere. Shows what a message costs.
/// </param>
/// <param name="Rate">
/// Open loop: messages per second, whatever comes back. Latency counts from the time a message was due, so that a stall of the server
/// counts for all the messages that it has held up (no coordinated omission). Null = closed loop.
/// </param>
internal sealed record Pace(int Window, double? Rate);
