using Microsoft.Extensions.Logging;
using Sockudo.Server.Metrics;
using Xunit;

namespace Sockudo.Server.Tests.Metrics;

public class RefusalSummaryTests
{
    [Fact]
    public void Refusals_are_told_once_a_minute_and_only_if_there_were_any()
    {
        var metrics = new ServerMetrics(static () => 0);
        var log = new ListLogger();
        var summary = new RefusalSummary(metrics, log);
        metrics.CountersFor("a").SlowConsumer();
        metrics.CountersFor("b").SlowConsumer();
        metrics.NoApp.RateLimitChecked(RateLimiterType.Api, refused: true);
        for (var now = 0; now <= 200_000; now += 250)
            summary.Beat(now);
        Assert.Equal(2, log.Lines.Count);
        Assert.EndsWith("in_the_last_minute=2", log.Lines[0], StringComparison.Ordinal);
        Assert.EndsWith("in_the_last_minute=1", log.Lines[1], StringComparison.Ordinal);
    }

    private sealed class ListLogger : ILogger
    {
        public List<string> Lines { get; } = [];

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            Lines.Add(formatter(state, exception));
    }
}
