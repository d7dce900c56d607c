namespace Sockudo.Load.Scenarios;

/// <summary>Channels, subscribers of each, bytes of every event's data, and HTTP connections to publish on; a channel is always published to on the same one.</summary>
internal sealed record FanOutShape(int Channels, int Subscribers, int PayloadBytes, int Publishers = 1)
{
    public static string Channel(int index) => $"load-{index}";
}
