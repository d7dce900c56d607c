using Sockudo.Protocol.Channels;

namespace Sockudo.Server.Metrics;

/// <summary>The kinds of channels as the label <c>channel_type</c> names them (metrics.md 2).</summary>
internal static class ChannelKinds
{
    /// <summary>Size of an array that is indexed by <see cref="ChannelKind"/>, a set of five flags.</summary>
    public const int Count = 32;

    /// <summary>Every kind that a channel can have.</summary>
    public static IReadOnlyList<(ChannelKind Kind, string Label)> All { get; } =
    [
        (ChannelKind.Public, "public"),
        (ChannelKind.Private, "private"),
        (ChannelKind.Private | ChannelKind.Encrypted, "private-encrypted"),
        (ChannelKind.Presence, "presence"),
        (ChannelKind.Cache, "cache"),
        (ChannelKind.Private | ChannelKind.Cache, "private-cache"),
        (ChannelKind.Private | ChannelKind.Encrypted | ChannelKind.Cache, "private-encrypted-cache"),
        (ChannelKind.Presence | ChannelKind.Cache, "presence-cache"),
        (ChannelKind.User, "user"),
    ];

    public static string LabelOf(ChannelKind kind) => All.First(entry => entry.Kind == kind).Label;
}
