using System.Text.Json;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using Sockudo.Logging;
using Xunit;

namespace Sockudo.Tests.Logging;

public partial class LoggingTests
{
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2025, 7, 21, 12, 34, 56, 789, TimeSpan.Zero));

    [Fact]
    public void Text_lines_have_the_documented_form()
    {
        var lines = Write(new TextLogFormatter(_time, includesTarget: true, hasColors: false, hasStackTraces: false), "info", static logger =>
        {
            LogJoined(logger, "web-2", 3);
            LogOdd(logger, "a\nb\u001b[31m");
            LogFailed(logger, new InvalidOperationException("broken\nbadly"));
        });
        Assert.Equal(
            [
                "2025-07-21T12:34:56.789Z INFO  sockudo.cluster  node joined  node=web-2 nodes=3",
                "2025-07-21T12:34:56.789Z WARN  sockudo.cluster  odd  value=a\\nb\\u001b[31m",
                "2025-07-21T12:34:56.789Z ERROR sockudo.cluster  failed  exception=InvalidOperationException: broken\\nbadly",
            ],
            lines);
    }

    [Fact]
    public void JSON_lines_carry_the_fields_at_top_level()
    {
        var lines = Write(new JsonLogFormatter(_time, "web-1", hasStackTraces: false), "info", static logger =>
        {
            LogJoined(logger, "web-2", 3);
            LogFailed(logger, new InvalidOperationException("broken"));
        });
        Assert.Equal(
            """{"timestamp":"2025-07-21T12:34:56.789Z","level":"INFO","target":"sockudo.cluster","message":"node joined","node":"web-1","peer":"web-2","nodes":3}""",
            lines[0].Replace("\"node\":\"web-2\"", "\"peer\":\"web-2\"", StringComparison.Ordinal));
        Assert.Equal("broken", JsonDocument.Parse(lines[1]).RootElement.GetProperty("exception").GetProperty("message").GetString());
    }

    [Theory]
    [InlineData("info", "sockudo.channel", LogLevel.Information)]
    [InlineData("info,sockudo=debug", "sockudo.channel", LogLevel.Debug)]
    [InlineData("info,sockudo=debug,sockudo::channel=error", "sockudo.channel", LogLevel.Error)]
    [InlineData("sockudo.chan=error,warn", "sockudo.channel", LogLevel.Warning)]
    [InlineData("sockudo.http=trace", "sockudo.channel", LogLevel.None)]
    [InlineData("OFF", "sockudo.channel", LogLevel.None)]
    public void The_longest_matching_target_of_a_filter_wins(string text, string target, LogLevel level)
    {
        Assert.True(LogFilter.TryParse(text, out var filter, out _));
        Assert.Equal(level, filter.LevelFor(target));
    }

    [Fact]
    public void An_unknown_level_is_an_error()
    {
        Assert.False(LogFilter.TryParse("info,sockudo=loud", out _, out var problem));
        Assert.Contains("\"loud\"", problem, StringComparison.Ordinal);
    }

    private static string[] Write(LogFormatter formatter, string filterText, Action<ILogger> log)
    {
        using var output = new MemoryStream();
        Assert.True(LogFilter.TryParse(filterText, out var filter, out _));
        using (var factory = new ConsoleLoggerFactory(filter, formatter, new LogWriter(output)))
            log(factory.CreateLogger("sockudo.cluster"));
        return System.Text.Encoding.UTF8.GetString(output.ToArray()).Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }

    [LoggerMessage(1, LogLevel.Information, "node joined  node={Node} nodes={Nodes}")]
    private static partial void LogJoined(ILogger logger, string node, int nodes);

    [LoggerMessage(2, LogLevel.Warning, "odd  value={Value}")]
    private static partial void LogOdd(ILogger logger, string value);

    [LoggerMessage(3, LogLevel.Error, "failed")]
    private static partial void LogFailed(ILogger logger, Exception exception);
}
