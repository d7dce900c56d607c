using Microsoft.Extensions.Logging;

namespace Sockudo.Logging;

/// <summary>A logger of one target.</summary>
internal sealed class ConsoleLogger(string target, LogLevel level, LogFormatter formatter, LogWriter writer) : ILogger
{
    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => logLevel >= level && logLevel != LogLevel.None;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> format)
    {
        if (!IsEnabled(logLevel))
            return;
        var fields = state as IReadOnlyList<KeyValuePair<string, object?>> ?? [];
        writer.Write(formatter.Format(logLevel, target, format(state, exception), fields, exception));
    }
}
