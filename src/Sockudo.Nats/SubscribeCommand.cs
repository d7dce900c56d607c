using NATS.Client.Core;

namespace Sockudo.Nats;

/// <summary>Subscribes to topics that are not subscribed to.</summary>
internal sealed class SubscribeCommand(
    INatsConnection connection,
    Dictionary<string, TopicSubscription> subscriptions,
    IReadOnlyList<string> topics,
    NatsSubjects subjects,
    TopicReceiver receiver,
    CancellationToken broken)
    : LinkCommand
{
    public override async ValueTask WriteAsync()
    {
        foreach (var topic in topics)
        {
            if (subscriptions.ContainsKey(topic))
                continue;
            var subscription = new TopicSubscription(connection, subjects.Of(topic), topic, receiver);
            subscriptions.Add(topic, subscription);
            await connection.AddSubAsync(subscription, broken).ConfigureAwait(false);
        }
    }
}
