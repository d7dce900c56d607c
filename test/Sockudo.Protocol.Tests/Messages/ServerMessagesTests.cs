using System.Text;
using Sockudo.Protocol.Json;
using Sockudo.Protocol.Messages;
using Sockudo.Protocol.WebSockets;
using Xunit;

namespace Sockudo.Protocol.Tests.Messages;

/// <summary>The catalogue of section 0.3, byte for byte.</summary>
public class ServerMessagesTests
{
    [Fact]
    public void Section_0_3_All_messages_are_exact()
    {
        Expect("""{"event":"pusher:connection_established","data":"{\"socket_id\":\"1.2\",\"activity_timeout\":120}"}""", ServerMessages.ConnectionEstablished("1.2", 120));
        Expect("""{"event":"pusher:error","data":{"code":4001,"message":"a \"b\" é"}}""", ServerMessages.Error(new PusherError(4001, "a \"b\" é")));
        Expect("""{"event":"pusher:error","data":{"code":null,"message":"Received invalid JSON"}}""", ServerMessages.Error(PusherError.InvalidJson));
        Expect("""{"event":"pusher:ping","data":"{}"}""", ServerMessages.Ping);
        Expect("""{"event":"pusher:pong","data":"{}"}""", ServerMessages.Pong);
        Expect("""{"event":"pusher_internal:subscription_succeeded","data":"{}","channel":"a"}""", ServerMessages.SubscriptionSucceeded("a"));
        Expect("""{"event":"pusher:cache_miss","data":"{}","channel":"cache-a"}""", ServerMessages.CacheMiss("cache-a"));
        Expect("""{"event":"pusher_internal:member_removed","data":"{\"user_id\":\"7\"}","channel":"presence-a"}""", ServerMessages.MemberRemoved("presence-a", "7"));
        Expect("""{"event":"pusher_internal:subscription_count","data":"{\"subscription_count\":3}","channel":"a"}""", ServerMessages.SubscriptionCount("a", 3));
        Expect("""{"event":"pusher:signin_success","data":"{\"user_data\":\"{\\\"id\\\":\\\"1\\\"}\"}"}""", ServerMessages.SignInSucceeded("""{"id":"1"}"""));
        Expect(
            """{"event":"pusher:subscription_error","data":"{\"type\":\"AuthError\",\"error\":\"no\",\"status\":401}","channel":"private-a"}""",
            ServerMessages.SubscriptionError("private-a", "AuthError", "no", 401));
        Expect(
            """{"event":"pusher_internal:watchlist_events","data":"{\"events\":[{\"name\":\"online\",\"user_ids\":[\"1\",\"2\"]},{\"name\":\"offline\",\"user_ids\":[\"3\"]}]}"}""",
            ServerMessages.WatchlistEvents(["1", "2"], ["3"])!);
        Assert.Null(ServerMessages.WatchlistEvents([], []));
    }

    [Fact]
    public void P7_P13_P14_Presence_messages()
    {
        var number = new PresenceMember("10", isNumericId: true, null);
        var text = new PresenceMember("é\"", isNumericId: false, """{"n":1.0}"""u8.ToArray());
        Expect("""{"event":"pusher_internal:member_added","data":"{\"user_id\":10}","channel":"presence-a"}""", ServerMessages.MemberAdded("presence-a", number));
        Expect(
            """{"event":"pusher_internal:member_added","data":"{\"user_id\":\"é\\\"\",\"user_info\":{\"n\":1.0}}","channel":"presence-a"}""",
            ServerMessages.MemberAdded("presence-a", text));
        Expect(
            """{"event":"pusher_internal:subscription_succeeded","data":"{\"presence\":{\"count\":2,\"ids\":[\"10\",\"é\\\"\"],\"hash\":{\"10\":null,\"é\\\"\":{\"n\":1.0}}}}","channel":"presence-a"}""",
            ServerMessages.SubscriptionSucceeded("presence-a", [number, text]));
    }

    [Theory]
    [InlineData("\"text \\\" \\u00e9\"", "\"text \\\" \\u00e9\"")]
    [InlineData("""{"a": 1.0}""", "\"{\\\"a\\\": 1.0}\"")]
    [InlineData("null", "\"null\"")]
    [InlineData("[\"\\\\\"]", "\"[\\\"\\\\\\\\\\\"]\"")]
    public void CE5_T8_Event_data_is_a_string_with_the_source_text(string data, string inFrame)
    {
        var members = new JsonMembers(Encoding.UTF8.GetBytes($"{{\"data\":{data}}}"));
        Assert.True(members.Read());
        var frame = EventFrame.Create("\"my-event\""u8, members.Value, "chan");
        Expect($$"""{"event":"my-event","data":{{inFrame}},"channel":"chan"}""", frame);
        Expect($$"""{"event":"my-event","data":{{inFrame}},"channel":"chan","user_id":"ü\""}""", EventFrame.Create("\"my-event\""u8, members.Value, "chan", "ü\""));

        // K-5: what a cache channel keeps comes back byte for byte.
        var body = EventFrame.BodyOf(frame, "chan");
        Assert.Equal($$"""{"event":"my-event","data":{{inFrame}}}""", Encoding.UTF8.GetString(body));
        Assert.Equal(frame.Bytes, EventFrame.FromBody(body, "chan").Bytes);
    }

    private static void Expect(string json, Frame frame) => Assert.Equal(json, Encoding.UTF8.GetString(frame.Payload));
}
