namespace Sockudo.Server.Cluster;

/// <summary>
/// Moves bytes between the nodes of a cluster. Knows nothing of channels, presence or sockets. At most once; what one node
/// publishes on one topic arrives everywhere in the order of the calls; a node also hears itself (that is how it tells "a
/// peer is gone" from "I am cut off"). Reconnects and re-subscribes by itself, for ever. Safe from any thread.
/// <para>
/// A topic is one to three tokens separated by colons: <c>dir</c>, <c>cache</c>, <c>node:{node}</c>, <c>ch:{app}:{channel}</c>. The last token is
/// taken as it is; in those before it <c>%</c> and <c>:</c> are written <c>%25</c> and <c>%3A</c>. An implementation puts its prefix in front and may
/// spell the rest as its broker needs it, as long as different topics stay different; handlers are told the topic as it was subscribed to.
/// </para>
/// </summary>
public interface IClusterBus : IAsyncDisposable
{
    /// <summary>What is published now is accepted, and all subscriptions are in force. False while a lost connection is being mended.</summary>
    bool IsConnected { get; }

    /// <summary>
    /// Messages that are known to have been lost on their way here, because this process or the broker could not keep up: grows, and is
    /// 0 for a bus that cannot know.
    /// </summary>
    long MessagesDropped { get; }

    /// <summary>Connects, in one attempt. Call before anything else, and again only after it has failed.</summary>
    /// <param name="onMessage">Is given every message of the topics subscribed to, from now until the bus is disposed of.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="Backends.BackendException">The broker cannot be used.</exception>
    Task StartAsync(ClusterMessageHandler onMessage, CancellationToken cancellationToken);

    /// <summary>
    /// Completes when whatever is published on the topic later, by any node, will be received here. While the connection is lost that takes until it
    /// is mended; if the caller gives up, the topic stays subscribed to all the same. Subscribing to a topic twice changes nothing.
    /// </summary>
    ValueTask SubscribeAsync(string topic, CancellationToken cancellationToken);

    /// <summary>Ends a subscription; messages that are on their way may still come.</summary>
    ValueTask UnsubscribeAsync(string topic, CancellationToken cancellationToken);

    /// <summary>
    /// Completes when the broker has the message: another node's later message on this topic then stands behind it. Callers need not wait
    /// for one call before they make the next: calls from one thread keep their order. Never queues a message for a later connection, and never calls the
    /// handler from within.
    /// </summary>
    /// <param name="topic">The topic.</param>
    /// <param name="message">At most 256 KiB and a few bytes of framing more than the largest event; must not change until the call has completed.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    /// <exception cref="Backends.BackendException">There is no connection, or it broke, or the broker refused: whether the message has gone out is not known.</exception>
    ValueTask PublishAsync(string topic, ReadOnlyMemory<byte> message, CancellationToken cancellationToken);
}
