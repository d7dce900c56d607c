namespace Sockudo.Load.Scenarios;

/// <summary>How events are published.</summary>
/// <param name="Connections">Keep-alive connections; each has a channel of its own.</param>
/// <param name="Pipeline">Requests under way on each.</param>
/// <param name="Batch">Events of a request; 1 = single events, not a batch of one.</param>
/// <param name="Subscribers">Subscribers of each channel.</param>
/// <param name="PayloadBytes">Bytes of an event's data.</param>
internal sealed record PublishShape(int Connections, int Pipeline, int Batch, int Subscribers, int PayloadBytes)
{
    /// <summary>Requests per second over all connections, whatever is under way; null = as <see cref="Pipeline"/> has it.</summary>
    public double? Rate { get; init; }
}
