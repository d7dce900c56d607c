using System.Diagnostics.CodeAnalysis;
using System.Threading.Channels;

namespace Sockudo.Server.Inspection;

/// <summary>Somebody who watches the <see cref="EventTail"/>: a bounded queue with one reader. Watches until it is disposed of.</summary>
/// <param name="appId">Events of this app only; null = of all.</param>
/// <param name="prefix">Only those on channels whose names begin like this.</param>
/// <param name="forget">Is told of the end.</param>
internal sealed class EventTailWatcher(string? appId, string prefix, Action<EventTailWatcher> forget) : IDisposable
{
    /// <summary>Events that wait for the reader at most.</summary>
    public const int Capacity = 1024;

    private readonly Channel<TailedEvent> _events = Channel.CreateBounded<TailedEvent>(new BoundedChannelOptions(Capacity) { SingleReader = true });
    private long _dropped;

    /// <summary>Events that there was no room for.</summary>
    public long Dropped => Volatile.Read(ref _dropped);

    /// <summary>Whether it watches these events.</summary>
    public bool Wants(string app, string channel) => (appId is null || appId == app) && channel.StartsWith(prefix, StringComparison.Ordinal);

    /// <summary>An event; from any thread. Never waits.</summary>
    public void Tell(TailedEvent told)
    {
        if (!_events.Writer.TryWrite(told))
            Interlocked.Increment(ref _dropped);
    }

    /// <summary>Takes the next event, if there is one.</summary>
    public bool TryRead([NotNullWhen(true)] out TailedEvent? next) => _events.Reader.TryRead(out next);

    /// <summary>Completes when there is one.</summary>
    public async Task WaitAsync(CancellationToken cancellationToken) => await _events.Reader.WaitToReadAsync(cancellationToken).ConfigureAwait(false);

    public void Dispose() => forget(this);
}
