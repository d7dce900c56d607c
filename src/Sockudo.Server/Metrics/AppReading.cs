namespace Sockudo.Server.Metrics;

/// <summary>
/// The counters of an app as one scrape sees them. The two that must add up with the open connections are read together, for
/// all families that show them.
/// </summary>
/// <param name="Counters">Everything else is read when it is written.</param>
/// <param name="Opened">Connections established.</param>
/// <param name="Closed">Connections ended.</param>
internal readonly record struct AppReading(AppCounters Counters, long Opened, long Closed)
{
    /// <summary>Open connections.</summary>
    public long Connected => Opened - Closed;

    public static AppReading Of(AppCounters counters)
    {
        // In this order, or a short connection in between would make the difference negative.
        var closed = counters.ConnectionsClosed;
        return new AppReading(counters, counters.ConnectionsOpened, closed);
    }
}
