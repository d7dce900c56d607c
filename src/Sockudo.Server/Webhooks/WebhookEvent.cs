namespace Sockudo.Server.Webhooks;

/// <summary>One event for an app's webhooks, with the members of WH-3.</summary>
/// <param name="Type">Name of the event.</param>
/// <param name="Channel">Name of the channel.</param>
internal sealed record WebhookEvent(WebhookEventType Type, string Channel)
{
    /// <summary>The user of a member event; the sender of a client event on a presence channel, else null.</summary>
    public string? UserId { get; init; }

    /// <summary>Client events: <c>{"event":name,"data":"…"}</c> as relayed; data is always a string (WH-4).</summary>
    public byte[]? Body { get; init; }

    /// <summary>The application has been told already, as far as the node knows that says so.</summary>
    public bool IsTold { get; init; }

    /// <summary>Client events: socket id of the sender.</summary>
    public string? SocketId { get; init; }

    /// <summary>Subscription counts: connections subscribed.</summary>
    public int SubscriptionCount { get; init; }
}
