namespace Sockudo.Nats;

/// <summary>Ends the subscription to a topic, if there is one.</summary>
internal sealed class UnsubscribeCommand(Dictionary<string, TopicSubscription> subscriptions, string topic) : LinkCommand
{
    public override ValueTask WriteAsync() =>
        subscriptions.Remove(topic, out var subscription) ? subscription.UnsubscribeAsync() : ValueTask.CompletedTask;
}
