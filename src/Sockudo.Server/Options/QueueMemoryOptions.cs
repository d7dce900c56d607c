namespace Sockudo.Server.Options;

/// <summary>Section <c>queue.memory</c> of the configuration.</summary>
public sealed record QueueMemoryOptions
{
    /// <summary>Workers.</summary>
    public int Concurrency { get; init; } = 5;

    /// <summary>Jobs held; beyond, the new job is dropped and counted.</summary>
    public int MaxJobs { get; init; } = 100_000;
}
