namespace Sockudo.Server.Webhooks;

/// <summary>How much waits in a queue.</summary>
/// <param name="Ready">Jobs that could be sent.</param>
/// <param name="Leased">Jobs that some node has.</param>
/// <param name="Delayed">Jobs that wait for another attempt.</param>
/// <param name="Dead">Jobs given up that are kept.</param>
/// <param name="OldestCreatedMs">Unix time in milliseconds at which the oldest job that is not finished was made; null if there is none.</param>
public readonly record struct QueueDepth(long Ready, long Leased, long Delayed, long Dead, long? OldestCreatedMs);
