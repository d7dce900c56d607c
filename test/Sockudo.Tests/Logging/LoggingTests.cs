using System.Reflection;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using Sockudo.Logging;
using Sockudo.Server.Options;
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
            """{"timestamp":"2025-07-21T12:34:56.789Z","level":"INFO","target":"sockudo.cluster","message":"node joined","node":"web-1","field_node":"web-2","nodes":3}""",
            lines[0]);
        Assert.Equal("broken", JsonDocument.Parse(lines[1]).RootElement.GetProperty("exception").GetProperty("message").GetString());
    }

    [Fact]
    public void Every_message_of_the_server_names_a_field_in_text_as_in_JSON()
    {
        var messages = new[] { typeof(ServerProcess).Assembly, typeof(SockudoOptions).Assembly }.SelectMany(static assembly => assembly.GetTypes())
            .SelectMany(static type => type.GetMethods(BindingFlags.Static | BindingFlags.Instance | BindingFlags.NonPublic | BindingFlags.Public | BindingFlags.DeclaredOnly))
            .Select(static method => method.GetCustomAttribute<LoggerMessageAttribute>()?.Message).OfType<string>().ToList();
        Assert.True(messages.Count > 40, $"only {messages.Count} messages were found");
        var pairs = messages.SelectMany(static message => Field().Matches(message).Select(match => (message, Text: match.Groups[1].Value, Json: match.Groups[2].Value)));
        Assert.All(pairs, static pair => Assert.Equal((pair.message, pair.Text), (pair.message, JsonNamingPolicy.SnakeCaseLower.ConvertName(pair.Json))));
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

    [Fact]
    public void Control_characters_are_escaped_in_both_forms()
    {
        const string Evil = "a\r\n\u0000\u0007\u001b[31m\u007f\u0085\u2028\"\\";
        foreach (var formatter in new LogFormatter[]
        {
            new TextLogFormatter(_time, includesTarget: true, hasColors: false, hasStackTraces: false), new JsonLogFormatter(_time, "n", hasStackTraces: false),
        })
        {
            var line = Assert.Single(Write(formatter, "info", static logger => LogOdd(logger, Evil)));
            Assert.DoesNotContain(line, static c => char.IsControl(c) || c == '\u2028');
            if (formatter is JsonLogFormatter)
                Assert.Equal(Evil, JsonDocument.Parse(line).RootElement.GetProperty("value").GetString());
        }
    }

    [Theory]
    [InlineData(LoggingColors.Auto, true, "", true)]
    [InlineData(LoggingColors.Auto, false, "", false)]
    [InlineData(LoggingColors.Auto, true, "NO_COLOR=1", false)]
    [InlineData(LoggingColors.Auto, true, "NO_COLOR=", true)]
    [InlineData(LoggingColors.Auto, true, "TERM=dumb", false)]
    [InlineData(LoggingColors.On, false, "NO_COLOR=1", true)]
    [InlineData(LoggingColors.Off, true, "", false)]
    public void Colours_are_for_terminals_whose_users_want_them(LoggingColors setting, bool isTerminal, string variables, bool expected)
    {
        var environment = variables.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(static pair => pair.Split('=')).ToDictionary(static pair => pair[0], static pair => pair[1]);
        Assert.Equal(expected, TextLogFormatter.WantsColors(setting, isTerminal, environment));
    }

    [Fact]
    public void A_client_that_asks_for_more_than_it_reads_is_no_error()
    {
        const BindingFlags All = BindingFlags.Static | BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic;
        var messages = typeof(Microsoft.AspNetCore.Server.Kestrel.Core.KestrelServer).Assembly.GetTypes()
            .SelectMany(static type => type.GetMethods(All))
            .Select(static method => method.GetCustomAttribute<LoggerMessageAttribute>())
            .Where(static message => message?.Message.Contains("maximum queue size", StringComparison.Ordinal) == true)
            .ToList();
        Assert.Equal(2, messages.Count);
        var lines = Write(new TextLogFormatter(_time, includesTarget: true, hasColors: false, hasStackTraces: false), "info", logger =>
        {
            foreach (var message in messages)
                logger.Log(message!.Level, new EventId(message.EventId, message.EventName), message.Message, null, static (text, _) => text);
            LogFailed(logger, new InvalidOperationException("broken"));
        });
        Assert.EndsWith("broken", Assert.Single(lines), StringComparison.Ordinal);
    }

    [Fact]
    public void Of_repeated_warnings_ten_a_minute_are_written_and_then_how_many_more_there_were()
    {
        var formatter = new TextLogFormatter(_time, includesTarget: true, hasColors: false, hasStackTraces: false);
        var lines = Write(formatter, "info", logger =>
        {
            for (var i = 0; i < 25; i++)
            {
                LogOdd(logger, "x");
                LogJoined(logger, "web-2", 3);
            }

            LogFailed(logger, new InvalidOperationException("broken"));
            _time.Advance(TimeSpan.FromMinutes(1));
            LogOdd(logger, "y");
        });
        Assert.Equal(11, lines.Count(static line => line.Contains("odd  value=", StringComparison.Ordinal)));
        Assert.Equal(25, lines.Count(static line => line.Contains("node joined", StringComparison.Ordinal)));
        Assert.Single(lines, static line => line.Contains("failed", StringComparison.Ordinal));
        Assert.EndsWith("WARN  sockudo.cluster  odd  not_written=15", lines[^2], StringComparison.Ordinal);
        Assert.EndsWith("value=y", lines[^1], StringComparison.Ordinal);
    }

    private string[] Write(LogFormatter formatter, string filterText, Action<ILogger> log)
    {
        using var output = new MemoryStream();
        Assert.True(LogFilter.TryParse(filterText, out var filter, out _));
        using (var factory = new ConsoleLoggerFactory(filter, formatter, new LogWriter(output), _time))
            log(factory.CreateLogger("sockudo.cluster"));
        return System.Text.Encoding.UTF8.GetString(output.ToArray()).Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }

    [GeneratedRegex(@"(\w+)=\{(\w+)")]
    private static partial Regex Field();

    [LoggerMessage(1, LogLevel.Information, "node joined  node={Node} nodes={Nodes}")]
    private static partial void LogJoined(ILogger logger, string node, int nodes);

    [LoggerMessage(2, LogLevel.Warning, "odd  value={Value}")]
    private static partial void LogOdd(ILogger logger, string value);

    [LoggerMessage(3, LogLevel.Error, "failed")]
    private static partial void LogFailed(ILogger logger, Exception exception);
}
