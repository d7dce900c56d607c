using Sockudo.Protocol.Json;

namespace Sockudo.Protocol.Messages;

/// <summary>Data of <c>pusher:subscribe</c> and, with nothing but the channel, of <c>pusher:unsubscribe</c> (section 5).</summary>
public readonly ref struct SubscribeRequest
{
    private SubscribeRequest(JsonValue channel, JsonValue auth, JsonValue channelData)
    {
        Channel = channel;
        Auth = auth;
        ChannelData = channelData;
    }

    /// <summary>Name of the channel; should be a string.</summary>
    public JsonValue Channel { get; }

    /// <summary><c>key:signature</c></summary>
    public JsonValue Auth { get; }

    /// <summary>A string of JSON that says who subscribes.</summary>
    public JsonValue ChannelData { get; }

    /// <summary>Reads the data; false if it is no object (F-5, S-3).</summary>
    public static bool TryParse(JsonValue data, out SubscribeRequest request)
    {
        JsonValue channel = default, auth = default, channelData = default;
        var members = new JsonMembers(DataObject.JsonOf(data));
        while (members.Read())
        {
            if (members.NameIs("channel"u8))
                channel = members.Value;
            else if (members.NameIs("auth"u8))
                auth = members.Value;
            else if (members.NameIs("channel_data"u8))
                channelData = members.Value;
        }

        request = new SubscribeRequest(channel, auth, channelData);
        return members.IsWellFormed;
    }
}
