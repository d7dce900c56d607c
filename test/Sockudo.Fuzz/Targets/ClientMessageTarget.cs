using System.Text;
using System.Text.Json;
using System.Text.Unicode;
using Sockudo.Protocol.Json;
using Sockudo.Protocol.Messages;
using Sockudo.Protocol.WebSockets;

namespace Sockudo.Fuzz.Targets;

/// <summary>
/// <see cref="ClientMessage"/> and what is read from its data: the same messages as with <see cref="JsonDocument"/>, and whatever the server makes of it for other clients is JSON with the same
/// in it.
/// </summary>
internal static class ClientMessageTarget
{
    private static readonly JsonDocumentOptions Deep = new() { MaxDepth = 256 };

    public static void Check(byte[] input)
    {
        if (!Utf8.IsValid(input))
            return;
        using var document = ReferenceJson.ReadObject(input);
        var name = document is null ? null : ReferenceJson.Text(ReferenceJson.Last(document.RootElement, "event"));
        Finding.UnlessSame(name is not null, ClientMessage.TryParse(input, out var message), "a message");
        if (name is null)
            return;

        var root = document!.RootElement;
        ReferenceJson.Compare(ReferenceJson.Last(root, "event"), message.Event, "event");
        ReferenceJson.Compare(ReferenceJson.Last(root, "channel"), message.Channel, "channel");
        ReferenceJson.Compare(ReferenceJson.Last(root, "data"), message.Data, "data");
        Finding.UnlessSame(KindOf(name), message.Kind, $"kind of {name}");
        CheckData(message.Data);
        if (message.Kind == ClientMessageKind.ClientEvent && message.Data.Type != JsonTokenType.None && message.Data.TryGetDataLength(out _))
            CheckEvent(message, name, ReferenceJson.Last(root, "data"));
    }

    private static ClientMessageKind KindOf(string name) => name switch
    {
        "pusher:subscribe" => ClientMessageKind.Subscribe,
        "pusher:unsubscribe" => ClientMessageKind.Unsubscribe,
        "pusher:ping" => ClientMessageKind.Ping,
        "pusher:pong" => ClientMessageKind.Pong,
        "pusher:signin" => ClientMessageKind.SignIn,
        _ when name.StartsWith("client-", StringComparison.Ordinal) => ClientMessageKind.ClientEvent,
        _ => ClientMessageKind.Unsupported,
    };

    // F-5: an object, or a string that holds one.
    private static void CheckData(JsonValue data)
    {
        data.TryGetString(out var text);
        using var document = ReferenceJson.ReadObject(text is null ? data.Raw : Encoding.UTF8.GetBytes(text));
        Finding.UnlessSame(document is not null, SubscribeRequest.TryParse(data, out var request), "a subscription");
        var signIn = SignInRequest.Parse(data);
        Finding.UnlessSame(document is not null, signIn is not null, "a sign-in");
        if (document is null)
            return;
        ReferenceJson.Compare(ReferenceJson.Last(document.RootElement, "channel"), request.Channel, "data.channel");
        ReferenceJson.Compare(ReferenceJson.Last(document.RootElement, "auth"), request.Auth, "data.auth");
        ReferenceJson.Compare(ReferenceJson.Last(document.RootElement, "channel_data"), request.ChannelData, "data.channel_data");
        Finding.UnlessSame(ReferenceJson.Text(ReferenceJson.Last(document.RootElement, "auth")), signIn!.Auth, "data.auth of a sign-in");
        if (request.ChannelData.TryGetString(out var channelData))
            CheckMember(channelData);
        if (signIn.UserData is { } userData)
            CheckUser(userData);
    }

    private static void CheckMember(string channelData)
    {
        var member = PresenceMember.Parse(channelData, out var error);
        Finding.Unless(member is null != error is null, "a member and an error");
        if (member is null)
            return;
        Finding.Unless(member.Id.EnumerateRunes().Count() is > 0 and <= PresenceMember.MaxIdLength, "an id of another length");
        using var added = DataOf(ServerMessages.MemberAdded("presence-a", member));
        Finding.UnlessSame(member.Id, added.RootElement.GetProperty("user_id") is { ValueKind: JsonValueKind.Number } id ? id.GetRawText() : added.RootElement.GetProperty("user_id").GetString(), "user_id");
        using var succeeded = DataOf(ServerMessages.SubscriptionSucceeded("presence-a", [member]));
        var presence = succeeded.RootElement.GetProperty("presence");
        Finding.UnlessSame(member.Id, presence.GetProperty("ids")[0].GetString(), "ids");
        Finding.UnlessSame(member.Id, presence.GetProperty("hash").EnumerateObject().Single().Name, "hash");
        using var removed = DataOf(ServerMessages.MemberRemoved("presence-a", member.Id));
        Finding.UnlessSame(member.Id, removed.RootElement.GetProperty("user_id").GetString(), "user_id of a removal");
    }

    private static void CheckUser(string userData)
    {
        var user = UserData.Parse(userData, out var error);
        Finding.Unless(user is null != error is null, "a user and an error");
        if (user is null)
            return;
        Finding.Unless(user.Watchlist.Count <= UserData.MaxWatchlist && user.Watchlist.Distinct(StringComparer.Ordinal).Count() == user.Watchlist.Count, "a watchlist too long or with somebody twice");
        using var succeeded = DataOf(ServerMessages.SignInSucceeded(userData));
        Finding.UnlessSame(userData, succeeded.RootElement.GetProperty("user_data").GetString(), "user_data");
        if (ServerMessages.WatchlistEvents(user.Watchlist, [user.Id]) is not { } events)
            return;
        using var watchlist = DataOf(events);
        var groups = watchlist.RootElement.GetProperty("events").EnumerateArray().ToList();
        Finding.UnlessSame(user.Id, groups[^1].GetProperty("user_ids")[0].GetString(), "offline");
    }

    private static void CheckEvent(in ClientMessage message, string name, JsonElement data)
    {
        var frame = EventFrame.Create(message.Event.Raw, message.Data, "presence-a", "id \"1\" é");
        using var document = JsonDocument.Parse(frame.Payload.ToArray(), Deep);
        Finding.UnlessSame(name, document.RootElement.GetProperty("event").GetString(), "event");
        Finding.UnlessSame(data.ValueKind == JsonValueKind.String ? data.GetString() : data.GetRawText(), document.RootElement.GetProperty("data").GetString(), "data");
        Finding.UnlessSame("presence-a", document.RootElement.GetProperty("channel").GetString(), "channel");
        Finding.UnlessSame("id \"1\" é", document.RootElement.GetProperty("user_id").GetString(), "user_id");
        var plain = EventFrame.Create(message.Event.Raw, message.Data, "presence-a");
        var again = EventFrame.FromBody(EventFrame.BodyOf(plain, "presence-a"), "presence-a");
        Finding.Unless(again.Bytes.AsSpan().SequenceEqual(plain.Bytes), "a cached event is another one");
    }

    private static JsonDocument DataOf(Frame frame)
    {
        using var message = JsonDocument.Parse(frame.Payload.ToArray(), Deep);
        return JsonDocument.Parse(message.RootElement.GetProperty("data").GetString()!, Deep);
    }
}
