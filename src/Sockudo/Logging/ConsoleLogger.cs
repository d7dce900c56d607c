using Microsoft.Extensions.Logging;

namespace Sockudo.Logging;

/// <summary>A logger of one target.</summary>
/// <param name="target">The target.</param>
/// <param name="level">The lowest level that is written.</param>
/// <param name="formatter">Makes the lines.</param>
/// <param name="writer">Takes them.</param>
/// <param name="limit">Holds repetitive warnings and errors back; null for none.</param>
internal sealed class ConsoleLogger(string target, LogLevel level, LogFormatter formatter, LogWriter writer, RepetitionLimit? limit) : ILogger
{
    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => logLevel >= level && logLevel != LogLevel.None;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> format)
    {
        if (!IsEnabled(logLevel) || LogTarget.IsOfClient(eventId))
            return;
        var text = format(state, exception);
        if (logLevel >= LogLevel.Warning && limit is not null && !limit.Allows(target, eventId, logLevel, LogFormatter.MessageOf(text)))
            return;
        var fields = state as IReadOnlyList<KeyValuePair<string, object?>> ?? [];
        writer.Write(formatter.Format(logLevel, target, text, fields, exception));
    }
}
