using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Sockudo.Nats.Tests;

/// <summary>Keeps what a bus logs.</summary>
internal sealed class BusLog : ILogger<NatsBus>
{
    private readonly ConcurrentQueue<string> _lines = new();

    public IReadOnlyList<string> Lines => [.. _lines];

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
        _lines.Enqueue($"{logLevel}: {formatter(state, exception)} {exception}");

    public bool IsEnabled(LogLevel logLevel) => true;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;
}
