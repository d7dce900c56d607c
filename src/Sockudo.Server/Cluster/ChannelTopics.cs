using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Sockudo.Server.Backends;
using Sockudo.Server.Channels;

namespace Sockudo.Server.Cluster;

/// <summary>
/// The bus topics of the channels that have local subscriptions. A topic is subscribed to before the first subscription is acknowledged, and given up a moment after
/// the last one has ended, so that a client which comes and goes does not trouble the bus. Safe from any thread.
/// </summary>
internal sealed partial class ChannelTopics(IClusterBus bus, TimeProvider time, ClusterTimes times, Func<bool> isIsolated, ILogger logger)
{
    // How long a topic outlives its last subscription.
    private static readonly TimeSpan Linger = TimeSpan.FromSeconds(1);

    private readonly ConcurrentDictionary<string, Entry> _entries = new(StringComparer.Ordinal);
    private readonly Lock _gate = new();
    private readonly Queue<(Entry Entry, long Since)> _idle = new();

    /// <summary>
    /// Takes one more interest in a channel's topic; completes when what others publish there arrives here. If the bus does not answer in time, the subscription goes on
    /// without it: what this node knows and publishes itself works, and the bus is asked on.
    /// </summary>
    public Task AcquireAsync(ChannelKey key)
    {
        var topic = Topics.Channel(key);
        lock (_gate)
        {
            var entry = _entries.GetOrAdd(topic, static (name, key) => new Entry(key, name), key);
            entry.Interests++;
            return entry.Ready ??= SubscribeAsync(topic);
        }
    }

    /// <summary>Ends one interest.</summary>
    public void Release(ChannelKey key)
    {
        lock (_gate)
        {
            if (!_entries.TryGetValue(Topics.Channel(key), out var entry) || --entry.Interests > 0)
                return;
            entry.IdleSince = time.GetTimestamp();
            _idle.Enqueue((entry, entry.IdleSince));
        }
    }

    /// <summary>
    /// The channel of a topic from which a message has come that is newer than all of the same sender before; null if nobody is interested or it has come already.
    /// Called for one message of a topic at a time.
    /// </summary>
    /// <param name="topic">The topic.</param>
    /// <param name="header">The message's.</param>
    /// <param name="isRepeated">Somebody is interested, but it has come already or in the wrong order.</param>
    public ChannelKey? Accept(string topic, MessageHeader header, out bool isRepeated)
    {
        isRepeated = false;
        if (!_entries.TryGetValue(topic, out var entry))
            return null;
        if (entry.Stamps.TryAdvance(header))
            return entry.Key;
        isRepeated = true;
        return null;
    }

    /// <summary>Gives up topics that nobody has been interested in for a moment; to be called now and then.</summary>
    public void Tick()
    {
        while (true)
        {
            lock (_gate)
            {
                if (!_idle.TryPeek(out var idle) || time.GetElapsedTime(idle.Since) < Linger)
                    return;
                _idle.Dequeue();
                // Somebody came back; or came back and left, and stands in the queue once more.
                if (idle.Entry.Interests > 0 || idle.Entry.IdleSince != idle.Since)
                    continue;
                _entries.TryRemove(new(idle.Entry.Topic, idle.Entry));
                _ = UnsubscribeAsync(idle.Entry.Topic);
            }
        }
    }

    private async Task SubscribeAsync(string topic)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromMilliseconds(isIsolated() ? 1 : times.Request), time);
        try
        {
            await bus.SubscribeAsync(topic, patience.Token).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is BackendException or OperationCanceledException)
        {
            LogNotSubscribed(logger, exception.Message);
        }
    }

    private async Task UnsubscribeAsync(string topic)
    {
        try
        {
            await bus.UnsubscribeAsync(topic, CancellationToken.None).ConfigureAwait(false);
        }
        catch (BackendException)
        {
            // There is no connection, so there is no subscription either.
        }
    }

    [LoggerMessage(1, LogLevel.Debug, "the bus has not confirmed a subscription in time  reason={Reason}")]
    private static partial void LogNotSubscribed(ILogger logger, string reason);

    private sealed class Entry(ChannelKey key, string topic)
    {
        public ChannelKey Key { get; } = key;

        public string Topic { get; } = topic;

        public int Interests { get; set; }

        public long IdleSince { get; set; }

        public Task? Ready { get; set; }

        // Belongs to whoever handles the topic's messages.
        public SenderStamps Stamps;
    }
}
