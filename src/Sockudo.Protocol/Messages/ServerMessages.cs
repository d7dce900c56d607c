using Sockudo.Protocol.Json;
using Sockudo.Protocol.WebSockets;

namespace Sockudo.Protocol.Messages;

/// <summary>
/// The messages that the server itself sends, as frames (section 0.3). Members stand in the order of F-12. <c>data</c> is
/// a string everywhere but in <c>pusher:error</c>, where it is an object; absent members are left out, never null.
/// </summary>
public static class ServerMessages
{
    /// <summary><c>pusher:ping</c>, the probe of H-4.</summary>
    public static readonly Frame Ping = Text("""{"event":"pusher:ping","data":"{}"}"""u8);

    /// <summary><c>pusher:pong</c>, the answer of H-1.</summary>
    public static readonly Frame Pong = Text("""{"event":"pusher:pong","data":"{}"}"""u8);

    /// <summary>C-11, C-12: <c>{"event":"pusher:connection_established","data":"{\"socket_id\":…,\"activity_timeout\":120}"}</c></summary>
    public static Frame ConnectionEstablished(string socketId, int activityTimeoutSeconds)
    {
        var data = JsonBuilder.Data()
            .Raw("""{"socket_id":"""u8).String(socketId).Raw(""","activity_timeout":"""u8).Number(activityTimeoutSeconds).Raw("}"u8);
        return WithData("pusher:connection_established"u8, data, channel: null);
    }

    /// <summary>F-8: <c>{"event":"pusher:error","data":{"code":…,"message":…}}</c></summary>
    public static Frame Error(PusherError error)
    {
        var message = JsonBuilder.Message().Raw("""{"event":"pusher:error","data":{"code":"""u8);
        if (error.Code is { } code)
            message.Number(code);
        else
            message.Raw("null"u8);
        return Text(message.Raw(""","message":"""u8).String(error.Message).Raw("}}"u8).Written);
    }

    /// <summary>S-2, and rule 4 of section 0.3 for encrypted channels: data is exactly <c>{}</c>.</summary>
    public static Frame SubscriptionSucceeded(string channel) =>
        WithData("pusher_internal:subscription_succeeded"u8, JsonBuilder.Data().Raw("{}"u8), channel);

    /// <summary>P-7: <c>ids</c> and <c>hash</c> have the same keys, <c>count</c> is their number.</summary>
    public static Frame SubscriptionSucceeded(string channel, IReadOnlyCollection<PresenceMember> members)
    {
        var data = JsonBuilder.Data().Raw("""{"presence":{"count":"""u8).Number(members.Count).Raw(""","ids":["""u8);
        var separator = ""u8;
        foreach (var member in members)
        {
            data.Raw(separator).String(member.Id);
            separator = ","u8;
        }

        data.Raw("""],"hash":{"""u8);
        separator = ""u8;
        foreach (var member in members)
        {
            data.Raw(separator).String(member.Id).Raw(":"u8).Raw(member.Info ?? "null"u8);
            separator = ","u8;
        }

        return WithData("pusher_internal:subscription_succeeded"u8, data.Raw("}}}"u8), channel);
    }

    /// <summary>S-20: sent after the <c>pusher:error</c> of a refused subscription.</summary>
    public static Frame SubscriptionError(string channel, string type, string error, int status)
    {
        var data = JsonBuilder.Data()
            .Raw("""{"type":"""u8).String(type).Raw(""","error":"""u8).String(error).Raw(""","status":"""u8).Number(status).Raw("}"u8);
        return WithData("pusher:subscription_error"u8, data, channel);
    }

    /// <summary>P-13, P-14, P-23.</summary>
    public static Frame MemberAdded(string channel, PresenceMember member)
    {
        var data = JsonBuilder.Data().Raw("""{"user_id":"""u8);
        if (member.IsNumericId)
            data.Raw(System.Text.Encoding.ASCII.GetBytes(member.Id));
        else
            data.String(member.Id);
        if (member.Info is { } info)
            data.Raw(""","user_info":"""u8).Raw(info);
        return WithData("pusher_internal:member_added"u8, data.Raw("}"u8), channel);
    }

    /// <summary>P-11, P-14: the id is always a string here.</summary>
    public static Frame MemberRemoved(string channel, string userId) =>
        WithData("pusher_internal:member_removed"u8, JsonBuilder.Data().Raw("""{"user_id":"""u8).String(userId).Raw("}"u8), channel);

    /// <summary>SC-1.</summary>
    public static Frame SubscriptionCount(string channel, int count) => WithData(
        "pusher_internal:subscription_count"u8,
        JsonBuilder.Data().Raw("""{"subscription_count":"""u8).Number(count).Raw("}"u8),
        channel);

    /// <summary>K-4.</summary>
    public static Frame CacheMiss(string channel) => WithData("pusher:cache_miss"u8, JsonBuilder.Data().Raw("{}"u8), channel);

    /// <summary>U-3: <c>user_data</c> is the identical string received.</summary>
    public static Frame SignInSucceeded(string userData) => WithData(
        "pusher:signin_success"u8,
        JsonBuilder.Data().Raw("""{"user_data":"""u8).String(userData).Raw("}"u8),
        channel: null);

    /// <summary>WL-1, WL-2: groups without ids are left out; null if both are empty.</summary>
    public static Frame? WatchlistEvents(IReadOnlyCollection<string> online, IReadOnlyCollection<string> offline)
    {
        if (online.Count == 0 && offline.Count == 0)
            return null;
        var data = JsonBuilder.Data().Raw("""{"events":["""u8);
        if (online.Count > 0)
            WriteGroup(data, "online"u8, online);
        if (online.Count > 0 && offline.Count > 0)
            data.Raw(","u8);
        if (offline.Count > 0)
            WriteGroup(data, "offline"u8, offline);
        return WithData("pusher_internal:watchlist_events"u8, data.Raw("]}"u8), channel: null);
    }

    private static void WriteGroup(JsonBuilder data, ReadOnlySpan<byte> name, IReadOnlyCollection<string> ids)
    {
        data.Raw("""{"name":"""u8).String(name).Raw(""","user_ids":["""u8);
        var separator = ""u8;
        foreach (var id in ids)
        {
            data.Raw(separator).String(id);
            separator = ","u8;
        }

        data.Raw("]}"u8);
    }

    private static Frame WithData(ReadOnlySpan<byte> name, JsonBuilder data, string? channel)
    {
        var message = JsonBuilder.Message().Raw("""{"event":"""u8).String(name).Raw(""","data":"""u8).String(data.Written);
        if (channel is not null)
            message.Raw(""","channel":"""u8).String(channel);
        return Text(message.Raw("}"u8).Written);
    }

    private static Frame Text(ReadOnlySpan<byte> json) => Frame.Create(Opcode.Text, json);
}
