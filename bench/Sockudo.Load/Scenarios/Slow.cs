using Sockudo.Load.Engine;

namespace Sockudo.Load.Scenarios;

/// <summary>
/// Some subscribers never read. The server must cut them off, and the others must not notice: the same fan-out runs without
/// them and with them.
/// </summary>
internal static class Slow
{
    /// <summary>The result without and with the subscribers that never read.</summary>
    public static (FanOutResult Without, FanOutResult With) Run(
        LoadTarget target, int subscribers, int neverReading, int payloadBytes, int sources, TimeSpan duration)
    {
        using var load = new FanOut(target, subscribers, 1, payloadBytes, sources, clientEvents: false);
        load.Run(window: 16, TimeSpan.FromSeconds(1), meter: null);
        var without = load.Run(window: 16, duration, meter: null);
        using var silent = new ConnectionPool(target, sources);
        silent.Open(neverReading);
        silent.Subscribe(["load-0"]);
        // From here on nobody polls them.
        return (without, load.Run(window: 16, duration, meter: null));
    }
}
