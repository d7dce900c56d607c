using Sockudo.Protocol.Channels;

namespace Sockudo.Server.Inspection;

/// <summary>An occupied channel.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Kind">Its kind.</param>
/// <param name="Subscriptions">Connections subscribed on all nodes.</param>
/// <param name="LocalSubscriptions">Those of this node.</param>
/// <param name="Users">Distinct users of a presence channel on all nodes; 0 on others.</param>
internal readonly record struct ChannelListing(string Name, ChannelKind Kind, int Subscriptions, int LocalSubscriptions, int Users);
