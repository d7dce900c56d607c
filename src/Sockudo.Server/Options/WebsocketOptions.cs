namespace Sockudo.Server.Options;

/// <summary><c>websocket</c>: connections.</summary>
public sealed record WebsocketOptions
{
    /// <summary>How WebSockets over plain TCP are accepted, read and written.</summary>
    public WebsocketTransport Transport { get; init; } = WebsocketTransport.Auto;

    /// <summary>Outbound bytes queued for one connection; at the bound it is closed with 4100.</summary>
    public int MaxPendingBytes { get; init; } = 1_048_576;

    /// <summary>Connections of this node over all apps, 0 = no limit; above: 4100.</summary>
    public int MaxConnections { get; init; }

    /// <summary>Subscriptions of one connection (S-7), 0 = no limit.</summary>
    public int MaxSubscriptionsPerConnection { get; init; }

    /// <summary>Negotiate permessage-deflate (C-2c).</summary>
    public bool Compression { get; init; }

    /// <summary>A missing <c>protocol</c> parameter is refused with 4008 (C-3).</summary>
    public bool StrictProtocol { get; init; }

    /// <summary>Close code when the quota of an app is used up: 4004 or 4100.</summary>
    public int QuotaCloseCode { get; init; } = 4004;

    /// <summary>Answer a second subscribe with success instead of an error (S-5).</summary>
    public bool ReacknowledgeSubscriptions { get; init; }

    /// <summary>Send <c>pusher:subscription_error</c> for refused subscriptions (S-20).</summary>
    public bool SubscriptionErrorEvent { get; init; } = true;
}
