namespace Sockudo.Load.Scenarios;

/// <summary>Channels, subscribers of each, and bytes of every event's data.</summary>
internal sealed record FanOutShape(int Channels, int Subscribers, int PayloadBytes)
{
    public static string Channel(int index) => $"load-{index}";
}
