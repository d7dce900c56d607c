using System.Text.Json;
using Sockudo.Protocol.Channels;
using Sockudo.Protocol.Json;
using Sockudo.Protocol.Signatures;
using Sockudo.Server.Apps;
using Sockudo.Server.Backends;
using Sockudo.Server.Caching;
using Sockudo.Server.Channels;

namespace Sockudo.Server.Http;

/// <summary>What the HTTP API tells of channels (15.3 to 15.5, 15.7).</summary>
internal sealed class ChannelEndpoints(Hub hub, IEventCache cache)
{
    private static readonly ApiResponse InvalidName = ApiResponse.Error(400, "Invalid channel name");

    /// <summary>15.3: the occupied channels.</summary>
    public ApiResponse List(AppScope app, RequestQuery query)
    {
        var prefix = query.Find("filter_by_prefix") ?? "";
        if (!ChannelDocument.TryParseInfo(query.Find("info"), out var info) || info.HasFlag(ChannelAttributes.Cache))
            return ChannelDocument.UnknownAttribute;
        if (info.HasFlag(ChannelAttributes.UserCount) && !prefix.StartsWith("presence-", StringComparison.Ordinal))
        {
            return ApiResponse.Error(
                400, "user_count may only be requested for presence channels - please supply filter_by_prefix begining with presence-");
        }

        var channels = hub.Channels(app, prefix);
        return ApiResponse.Json(200, writer =>
        {
            writer.WriteStartObject();
            writer.WriteStartObject("channels"u8);
            foreach (var (name, described) in channels)
            {
                writer.WriteStartObject(name);
                ChannelDocument.WriteCounts(writer, name, described, info);
                writer.WriteEndObject();
            }

            writer.WriteEndObject();
            writer.WriteEndObject();
        });
    }

    /// <summary>15.4: one channel; 200 also when nobody is subscribed .</summary>
    public async ValueTask<ApiResponse> DescribeAsync(AppScope app, string channel, RequestQuery query, CancellationToken cancellationToken)
    {
        if (!IsValid(app, channel))
            return InvalidName;
        var kind = ChannelName.KindOf(channel);
        if (!ChannelDocument.TryParseInfo(query.Find("info"), out var info))
            return ChannelDocument.UnknownAttribute;
        if (info.HasFlag(ChannelAttributes.UserCount) && !kind.IsPresence)
            return ApiResponse.Error(400, "Cannot retrieve the user count unless the channel is a presence channel");
        if (info.HasFlag(ChannelAttributes.Cache) && !kind.IsCache)
            return ApiResponse.Error(400, "Cannot retrieve the cache unless the channel is a cache channel");

        CachedEvent? cached;
        try
        {
            cached = info.HasFlag(ChannelAttributes.Cache) ? await cache.GetAsync(app.App.Id, channel, cancellationToken).ConfigureAwait(false) : null;
        }
        catch (BackendException)
        {
            return ApiResponse.Error(503, "The cache cannot be reached");
        }

        var described = hub.Describe(app, channel);
        return ApiResponse.Json(200, writer =>
        {
            writer.WriteStartObject();
            writer.WriteBoolean("occupied"u8, described.Occupied);
            ChannelDocument.WriteCounts(writer, channel, described, info);
            if (info.HasFlag(ChannelAttributes.Cache))
                WriteCached(writer, cached);
            writer.WriteEndObject();
        });
    }

    /// <summary>15.5: the distinct users of a presence channel.</summary>
    public ApiResponse Users(AppScope app, string channel)
    {
        if (!IsValid(app, channel))
            return InvalidName;
        if (!ChannelName.KindOf(channel).IsPresence)
            return ApiResponse.Error(400, "Users can only be retrieved for presence channels");
        var users = hub.Users(app, channel);
        return ApiResponse.Json(200, writer =>
        {
            writer.WriteStartObject();
            writer.WriteStartArray("users"u8);
            foreach (var id in users)
            {
                writer.WriteStartObject();
                writer.WriteString("id"u8, id);
                writer.WriteEndObject();
            }

            writer.WriteEndArray();
            writer.WriteEndObject();
        });
    }

    /// <summary>15.7: all that is known of a channel.</summary>
    public ApiResponse Statistics(AppScope app, string channel)
    {
        if (!IsValid(app, channel))
            return InvalidName;
        var described = hub.Describe(app, channel);
        return ApiResponse.Json(200, writer =>
        {
            writer.WriteStartObject();
            writer.WriteBoolean("occupied"u8, described.Occupied);
            ChannelDocument.WriteCounts(writer, channel, described, ChannelAttributes.UserCount | ChannelAttributes.SubscriptionCount);
            writer.WriteEndObject();
        });
    }

    // U-14: the channels of users are nobody's business here.
    private static bool IsValid(AppScope app, string channel) =>
        !ChannelName.KindOf(channel).IsUser && ChannelName.IsValid(channel, app.Limits.MaxChannelNameLength);

    // the data string and the whole seconds it has left.
    private static void WriteCached(Utf8JsonWriter writer, CachedEvent? cached)
    {
        if (cached is not { } found)
        {
            writer.WriteNull("cache"u8);
            return;
        }

        writer.WriteStartObject("cache"u8);
        var members = new JsonMembers(found.Body);
        while (members.Read())
        {
            if (members.NameIs("data"u8) && members.Value.TryGetString(out var data))
                writer.WriteString("data"u8, data);
        }

        if (found.TimeToLive != Timeout.InfiniteTimeSpan)
            writer.WriteNumber("ttl"u8, (long)Math.Ceiling(found.TimeToLive.TotalSeconds));
        writer.WriteEndObject();
    }
}
