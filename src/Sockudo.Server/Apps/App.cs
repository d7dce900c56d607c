namespace Sockudo.Server.Apps;

/// <summary>
/// An app as it is configured or stored. Only id, key and secret are required. For every number: null = the global default,
/// 0 = no limit; lengths are characters (code points), sizes KiB of UTF-8.
/// </summary>
public sealed record App
{
    /// <summary>1 to 255 of <c>A-Z a-z 0-9 _ - .</c>; the app's place in HTTP paths.</summary>
    public required string Id { get; init; }

    /// <summary>Same characters, unique; public, part of the WebSocket URL.</summary>
    public required string Key { get; init; }

    /// <summary>Signs everything; never logged nor sent anywhere.</summary>
    public required string Secret { get; init; }

    /// <summary>The secret before, which is valid too until whoever signs has the new one; null = none. Webhooks are signed with <see cref="Secret"/>.</summary>
    public string? PreviousSecret { get; init; }

    /// <summary>False: connections get 4003, HTTP requests 403.</summary>
    public bool Enabled { get; init; } = true;

    /// <summary>Clients may send <c>client-*</c> events (CE-1).</summary>
    public bool EnableClientMessages { get; init; }

    /// <summary>Clients may sign in (U-7).</summary>
    public bool EnableUserAuthentication { get; init; } = true;

    /// <summary>Connections must sign in or subscribe with a signature in time (U-18).</summary>
    public bool EnableAuthorizedConnections { get; init; }

    /// <summary>Clients are told when users whom they watch come and go (section 11.1).</summary>
    public bool EnableWatchlistEvents { get; init; }

    /// <summary>Subscribers are told how many they are (section 11.2).</summary>
    public bool EnableSubscriptionCount { get; init; }

    /// <summary>Plain connections are refused with 4000.</summary>
    public bool RequireTls { get; init; }

    /// <summary>Origins that browsers may connect from; empty = every one.</summary>
    public IReadOnlyList<OriginPattern> AllowedOrigins { get; init; } = [];

    /// <summary>Connections at once, over the whole cluster.</summary>
    public int? MaxConnections { get; init; }

    /// <summary>Client events per second and connection.</summary>
    public int? MaxClientEventsPerSecond { get; init; }

    /// <summary>Events per second that the HTTP API accepts.</summary>
    public int? MaxBackendEventsPerSecond { get; init; }

    /// <summary>GET requests per second that the HTTP API accepts.</summary>
    public int? MaxReadRequestsPerSecond { get; init; }

    /// <summary>Distinct users of a presence channel.</summary>
    public int? MaxPresenceMembersPerChannel { get; init; }

    /// <summary>KiB of a member's <c>user_info</c>.</summary>
    public int? MaxPresenceMemberSizeInKb { get; init; }

    /// <summary>Characters of a channel name.</summary>
    public int? MaxChannelNameLength { get; init; }

    /// <summary>Channels of one event.</summary>
    public int? MaxEventChannelsAtOnce { get; init; }

    /// <summary>Characters of an event name.</summary>
    public int? MaxEventNameLength { get; init; }

    /// <summary>KiB of an event's data.</summary>
    public int? MaxEventPayloadInKb { get; init; }

    /// <summary>Events of one batch.</summary>
    public int? MaxEventBatchSize { get; init; }

    /// <summary>Where events are reported to.</summary>
    public IReadOnlyList<AppWebhook> Webhooks { get; init; } = [];

    /// <summary>Names the app without its secret.</summary>
    public override string ToString() => $"app {Id}";
}
