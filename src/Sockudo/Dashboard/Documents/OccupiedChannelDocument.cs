using Sockudo.Protocol.Channels;
using Sockudo.Server.Inspection;

namespace Sockudo.Dashboard.Documents;

/// <summary>An occupied channel.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Kind"><c>public</c>, <c>private</c>, <c>encrypted</c> or <c>presence</c>.</param>
/// <param name="IsCache">The last event is kept.</param>
/// <param name="Subscriptions">Connections subscribed.</param>
/// <param name="Users">Distinct users of a presence channel on all nodes; null on others.</param>
internal sealed record OccupiedChannelDocument(string Name, string Kind, bool IsCache, Spread Subscriptions, int? Users)
{
    /// <summary>A channel.</summary>
    public static OccupiedChannelDocument Of(ChannelListing channel) => new(
        channel.Name,
        channel.Kind switch
        {
            { IsPresence: true } => "presence",
            { IsEncrypted: true } => "encrypted",
            { NeedsAuthorization: true } => "private",
            _ => "public",
        },
        channel.Kind.IsCache,
        new Spread(channel.LocalSubscriptions, channel.Subscriptions),
        channel.Kind.IsPresence ? channel.Users : null);
}
