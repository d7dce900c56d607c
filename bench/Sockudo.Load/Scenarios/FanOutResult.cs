using System.Text.Json.Serialization;

namespace Sockudo.Load.Scenarios;

/// <summary>What one round of fan-out showed.</summary>
internal sealed record FanOutResult
{
    public required int Subscribers { get; init; }

    public required int Window { get; init; }

    public required long Deliveries { get; init; }

    public required double DeliveriesPerSecond { get; init; }

    /// <summary>Microseconds of the server's CPU per delivery; null if the process is not known.</summary>
    public required double? CpuPerDelivery { get; init; }

    public required long P50Microseconds { get; init; }

    public required long P95Microseconds { get; init; }

    public required long P99Microseconds { get; init; }

    public required long MaxMicroseconds { get; init; }

    public required long Lost { get; init; }

    public required long Duplicates { get; init; }

    public required long OutOfOrder { get; init; }

    [JsonIgnore]
    public bool IsFaultless => Lost == 0 && Duplicates == 0 && OutOfOrder == 0;
}
