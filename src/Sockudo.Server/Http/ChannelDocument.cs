using System.Text.Json;
using Sockudo.Protocol.Channels;
using Sockudo.Server.Channels;

namespace Sockudo.Server.Http;

/// <summary>Reads <c>info</c> and writes the attributes it asks for.</summary>
internal static class ChannelDocument
{
    /// <summary>The answer to an <c>info</c> that names anything unknown.</summary>
    public static readonly ApiResponse UnknownAttribute = ApiResponse.Error(400, "info should be a comma separated list of attributes");

    /// <summary>Reads a comma-separated list; false if it names anything unknown. Empty = none (T-6).</summary>
    public static bool TryParseInfo(string? info, out ChannelAttributes attributes)
    {
        attributes = ChannelAttributes.None;
        foreach (var name in (info ?? "").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            switch (name)
            {
                case "user_count":
                    attributes |= ChannelAttributes.UserCount;
                    break;
                case "subscription_count":
                    attributes |= ChannelAttributes.SubscriptionCount;
                    break;
                case "cache":
                    attributes |= ChannelAttributes.Cache;
                    break;
                default:
                    return false;
            }
        }

        return true;
    }

    /// <summary>Writes the counts asked for; a user count only where there are users.</summary>
    public static void WriteCounts(Utf8JsonWriter writer, string channel, ChannelInfo info, ChannelAttributes attributes)
    {
        if (attributes.HasFlag(ChannelAttributes.UserCount) && ChannelName.KindOf(channel).IsPresence)
            writer.WriteNumber("user_count"u8, info.UserCount);
        if (attributes.HasFlag(ChannelAttributes.SubscriptionCount))
            writer.WriteNumber("subscription_count"u8, info.SubscriptionCount);
    }
}
