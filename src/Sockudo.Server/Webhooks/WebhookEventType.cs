namespace Sockudo.Server.Webhooks;

/// <summary>The events that webhooks can ask for (WH-3); the names on the wire are the snake case of these.</summary>
public enum WebhookEventType
{
    /// <summary><c>channel_occupied</c></summary>
    ChannelOccupied,

    /// <summary><c>channel_vacated</c></summary>
    ChannelVacated,

    /// <summary><c>member_added</c></summary>
    MemberAdded,

    /// <summary><c>member_removed</c></summary>
    MemberRemoved,

    /// <summary><c>client_event</c></summary>
    ClientEvent,

    /// <summary><c>cache_miss</c></summary>
    CacheMiss,

    /// <summary><c>subscription_count</c></summary>
    SubscriptionCount,
}
