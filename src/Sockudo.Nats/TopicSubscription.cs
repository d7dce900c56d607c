using System.Buffers;
using NATS.Client.Core;

namespace Sockudo.Nats;

/// <summary>
/// A subscription without a queue: messages are handed on by the loop that reads the connection, one after the other, so that none is dropped in this
/// process. If they are not taken fast enough the loop stops reading, and in the end the server closes the connection.
/// </summary>
internal sealed class TopicSubscription(INatsConnection connection, string subject, string topic, TopicReceiver receiver)
    : NatsSubBase(connection, connection.SubscriptionManager, subject, queueGroup: null, opts: null)
{
    /// <summary>Called by the loop, which ends if it throws: a receiver does not.</summary>
    public override ValueTask ReceiveAsync(string subject, string? replyTo, ReadOnlySequence<byte>? headersBuffer, ReadOnlySequence<byte> payloadBuffer)
    {
        receiver(topic, payloadBuffer);
        return ValueTask.CompletedTask;
    }

    /// <summary>Subscriptions end with their connection. The library would write an UNSUB for each, into a connection that is gone.</summary>
    public override ValueTask DisposeAsync() => ValueTask.CompletedTask;

    protected override ValueTask ReceiveInternalAsync(
        string subject, string? replyTo, ReadOnlySequence<byte>? headersBuffer, ReadOnlySequence<byte> payloadBuffer) =>
        ReceiveAsync(subject, replyTo, headersBuffer, payloadBuffer);

    protected override void TryComplete()
    {
    }
}
