using Microsoft.Extensions.Logging;

namespace Sockudo.Logging;

/// <summary>Makes the loggers of the process. All write to one <see cref="LogWriter"/>.</summary>
internal sealed class ConsoleLoggerFactory : ILoggerFactory
{
    // What is said once at start and at each reload is never too much.
    private static readonly string[] Unlimited = ["sockudo.process", "sockudo.config"];

    private readonly LogFilter _filter;
    private readonly LogFormatter _formatter;
    private readonly LogWriter _writer;
    private readonly RepetitionLimit _limit;

    /// <param name="filter">Which lines are written.</param>
    /// <param name="formatter">Makes the lines.</param>
    /// <param name="writer">Takes them; is disposed of with this.</param>
    /// <param name="time">The clock.</param>
    public ConsoleLoggerFactory(LogFilter filter, LogFormatter formatter, LogWriter writer, TimeProvider time)
    {
        _filter = filter;
        _formatter = formatter;
        _writer = writer;
        _limit = new RepetitionLimit(time, Summarize);
    }

    public ILogger CreateLogger(string categoryName)
    {
        var target = LogTarget.Of(categoryName);
        var level = _filter.LevelFor(target);
        // The framework logs whatever a client does wrong; at debug and below that would drown our own lines.
        if (LogTarget.IsFramework(categoryName) && level < LogLevel.Error)
            level = LogLevel.Error;
        return new ConsoleLogger(target, level, _formatter, _writer, Unlimited.Contains(target) ? null : _limit);
    }

    public void AddProvider(ILoggerProvider provider) =>
        throw new NotSupportedException("The log goes to standard output only.");

    /// <summary>Writes what is still waiting.</summary>
    public void Dispose()
    {
        _limit.Dispose();
        _writer.Dispose();
    }

    private void Summarize(LogLevel level, string target, string message, long count) => _writer.Write(
        _formatter.Format(level, target, $"{message}  not_written={count}", [new("not_written", count)], exception: null));
}
