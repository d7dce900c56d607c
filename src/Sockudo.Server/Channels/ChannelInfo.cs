namespace Sockudo.Server.Channels;

/// <summary>What the HTTP API tells of a channel.</summary>
/// <param name="SubscriptionCount">Connections subscribed .</param>
/// <param name="UserCount">Distinct users of a presence channel; 0 on others.</param>
internal readonly record struct ChannelInfo(int SubscriptionCount, int UserCount)
{
    /// <summary>Somebody is subscribed.</summary>
    public bool Occupied => SubscriptionCount > 0;
}
