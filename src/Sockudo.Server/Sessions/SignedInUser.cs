using Sockudo.Protocol.Messages;
using Sockudo.Server.Channels;

namespace Sockudo.Server.Sessions;

/// <summary>Who a connection has signed in as (section 10).</summary>
/// <param name="data">What the latest sign-in said (U-5).</param>
/// <param name="subscription">Membership in the hidden channel of the user.</param>
internal sealed class SignedInUser(UserData data, Subscription subscription)
{
    public UserData Data { get; set; } = data;

    public Subscription Subscription { get; } = subscription;

    /// <summary>Whom the connection watches; null if nobody.</summary>
    public Watchlist? Watchlist { get; set; }

    /// <summary>The client has subscribed to its user channel itself (U-10).</summary>
    public bool HasSubscribed { get; set; }
}
