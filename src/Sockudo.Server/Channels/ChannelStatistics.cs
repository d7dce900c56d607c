using Sockudo.Protocol.Channels;

namespace Sockudo.Server.Channels;

/// <summary>How many channels of one kind an app has on this node, and how many subscriptions they have together.</summary>
internal readonly record struct ChannelStatistics(string AppId, ChannelKind Kind, int Channels, int Subscriptions);
