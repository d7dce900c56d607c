namespace Sockudo.Load.Scenarios;

/// <summary>Who talks to whom.</summary>
/// <param name="Pairs">Private channels with two connections each.</param>
/// <param name="BothWays">Both of a pair speak; otherwise one speaks and the other listens.</param>
/// <param name="Window">Messages under way from each speaker.</param>
/// <param name="PayloadBytes">Bytes of an event's data.</param>
internal sealed record EchoShape(int Pairs, bool BothWays, int Window, int PayloadBytes)
{
    /// <summary>Messages per second over all speakers in turn, whatever is under way; null = as <see cref="Window"/> has it.</summary>
    public double? Rate { get; init; }
}
