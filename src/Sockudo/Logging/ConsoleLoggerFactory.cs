using Microsoft.Extensions.Logging;

namespace Sockudo.Logging;

/// <summary>Makes the loggers of the process. All write to one <see cref="LogWriter"/>.</summary>
internal sealed class ConsoleLoggerFactory(LogFilter filter, LogFormatter formatter, LogWriter writer) : ILoggerFactory
{
    public ILogger CreateLogger(string categoryName)
    {
        var target = LogTarget.Of(categoryName);
        var level = filter.LevelFor(target);
        // The framework logs whatever a client does wrong; at debug and below that would drown our own lines.
        if (LogTarget.IsFramework(categoryName) && level < LogLevel.Error)
            level = LogLevel.Error;
        return new ConsoleLogger(target, level, formatter, writer);
    }

    public void AddProvider(ILoggerProvider provider) =>
        throw new NotSupportedException("The log goes to standard output only.");

    /// <summary>Writes what is still waiting.</summary>
    public void Dispose() => writer.Dispose();
}
