using System.Text.Json.Nodes;
using Xunit;

namespace Sockudo.Specification;

/// <summary>Section 6: presence channels.</summary>
public abstract class PresenceSpec(ServerUnderTest server)
{
    private readonly string _channel = ServerUnderTest.Unique("presence-");

    [Fact]
    public async Task P7_P17_A_lone_member_sees_itself()
    {
        await using var ann = await PusherConnection.ConnectAsync(server, TestApp.Plain);
        await ann.RequestAsync(_channel, """{"user_id":"ann","user_info":{"name":"Ann"}}""");
        await ann.ExpectAsync(
            $$$$$"""{"event":"pusher_internal:subscription_succeeded","data":"{\"presence\":{\"count\":1,\"ids\":[\"ann\"],\"hash\":{\"ann\":{\"name\":\"Ann\"}}}}","channel":"{{{{{_channel}}}}}"}""");
    }

    [Fact]
    public async Task P9_P10_P11_P13_Members_hear_of_each_other_once()
    {
        await using var ann = await PusherConnection.ConnectAsync(server, TestApp.Plain);
        await using var bob = await PusherConnection.ConnectAsync(server, TestApp.Plain);
        await ann.JoinAsync(_channel, "ann", """{"name":"Ann"}""");
        var roster = (await bob.JoinAsync(_channel, "bob"))["presence"]!;
        Assert.Equal(2, (int?)roster["count"]);
        Assert.Equal(["ann", "bob"], roster["ids"]!.AsArray().Select(static id => (string)id!).Order());
        Assert.Equal("""{"name":"Ann"}""", roster["hash"]!["ann"]!.ToJsonString());
        Assert.True(roster["hash"]!.AsObject().ContainsKey("bob"));
        Assert.Null(roster["hash"]!["bob"]);

        await ann.ExpectAsync($$"""{"event":"pusher_internal:member_added","data":"{\"user_id\":\"bob\"}","channel":"{{_channel}}"}""");
        await bob.ExpectNothingAsync();
        await bob.UnsubscribeAsync(_channel);
        await ann.ExpectAsync($$"""{"event":"pusher_internal:member_removed","data":"{\"user_id\":\"bob\"}","channel":"{{_channel}}"}""");
        await bob.ExpectNothingAsync();
    }

    [Fact]
    public async Task P10_P11_P12_Further_connections_of_a_user_are_not_announced_and_change_nothing()
    {
        await using var watcher = await PusherConnection.ConnectAsync(server, TestApp.Plain);
        await watcher.JoinAsync(_channel, "watcher");
        var first = await PusherConnection.ConnectAsync(server, TestApp.Plain);
        await using var second = await PusherConnection.ConnectAsync(server, TestApp.Plain);
        await first.JoinAsync(_channel, "ann", """{"tab":1}""");
        Assert.Equal("pusher_internal:member_added", (string?)(await watcher.NextAsync())["event"]);
        var roster = await second.JoinAsync(_channel, "ann", """{"tab":2}""");
        Assert.Equal(2, (int?)roster["presence"]!["count"]);
        Assert.Equal("""{"tab":1}""", roster["presence"]!["hash"]!["ann"]!.ToJsonString());
        await watcher.ExpectNothingAsync();

        await first.DisposeAsync();
        await second.UnsubscribeAsync(_channel);
        await watcher.ExpectAsync($$"""{"event":"pusher_internal:member_removed","data":"{\"user_id\":\"ann\"}","channel":"{{_channel}}"}""");
        await watcher.ExpectNothingAsync();
    }

    [Fact]
    public async Task P11_A_dropped_connection_is_a_member_that_left()
    {
        await using var ann = await PusherConnection.ConnectAsync(server, TestApp.Plain);
        await ann.JoinAsync(_channel, "ann");
        var bob = await PusherConnection.ConnectAsync(server, TestApp.Plain);
        await bob.JoinAsync(_channel, "bob");
        await ann.NextAsync();
        await bob.DisposeAsync();
        await ann.ExpectAsync($$"""{"event":"pusher_internal:member_removed","data":"{\"user_id\":\"bob\"}","channel":"{{_channel}}"}""");
    }

    [Theory]
    [InlineData("10", "10")]
    [InlineData("1e1", "10")]
    [InlineData("10.0", "10")]
    [InlineData("-7", "-7")]
    [InlineData("9007199254740992", "9007199254740992")]
    [InlineData("\"__proto__\"", "__proto__")]
    [InlineData("\"constructor\"", "constructor")]
    [InlineData("\"ü😀\"", "ü😀")]
    public async Task P2_P8_P21_User_ids_are_strings_in_the_roster(string written, string id)
    {
        await using var connection = await PusherConnection.ConnectAsync(server, TestApp.Plain);
        var roster = await connection.SubscribeAsync(_channel, $$"""{"user_id":{{written}}}""");
        Assert.Equal([id], roster["presence"]!["ids"]!.AsArray().Select(static entry => (string)entry!));
        Assert.Equal([id], roster["presence"]!["hash"]!.AsObject().Select(static entry => entry.Key));
    }

    [Fact]
    public async Task P2_P14_The_number_10_and_the_string_10_are_one_user()
    {
        await using var watcher = await PusherConnection.ConnectAsync(server, TestApp.Plain);
        await watcher.JoinAsync(_channel, "watcher");
        await using var number = await PusherConnection.ConnectAsync(server, TestApp.Plain);
        await number.SubscribeAsync(_channel, """{"user_id":10}""");
        await watcher.ExpectAsync($$"""{"event":"pusher_internal:member_added","data":"{\"user_id\":10}","channel":"{{_channel}}"}""");
        await using var text = await PusherConnection.ConnectAsync(server, TestApp.Plain);
        Assert.Equal(2, (int?)(await text.JoinAsync(_channel, "10"))["presence"]!["count"]);
        await watcher.ExpectNothingAsync();
    }

    [Theory]
    [InlineData("""{}""")]
    [InlineData("""{"user_id":null}""")]
    [InlineData("""{"user_id":""}""")]
    [InlineData("""{"user_id":true}""")]
    [InlineData("""{"user_id":{}}""")]
    [InlineData("""{"user_id":[1]}""")]
    [InlineData("""{"user_id":1.5}""")]
    [InlineData("""{"user_id":9007199254740993}""")]
    [InlineData("""{"user_id":"a","user_info":"text"}""")]
    [InlineData("""{"user_id":"a","user_info":[]}""")]
    [InlineData("""[]""")]
    [InlineData("""no json""")]
    public async Task P2_P3_P6_Bad_channel_data_is_refused(string channelData)
    {
        await using var connection = await PusherConnection.ConnectAsync(server, TestApp.Plain);
        await connection.RequestAsync(_channel, channelData);
        await connection.ExpectErrorAsync(null);
        await connection.ExpectSubscriptionErrorAsync(_channel, "AuthError", 401);
        await connection.ExpectNothingAsync();
    }

    [Fact]
    public async Task P2_A_user_id_has_at_most_128_characters()
    {
        await using var connection = await PusherConnection.ConnectAsync(server, TestApp.Plain);
        await connection.JoinAsync(_channel, new string('u', 128));
        await connection.RequestAsync(_channel + "2", PusherConnection.Member(new string('u', 129)));
        await connection.ExpectErrorAsync(null);
    }

    [Fact]
    public async Task P3_The_size_of_user_info_is_measured_without_white_space()
    {
        await using var connection = await PusherConnection.ConnectAsync(server, TestApp.Small);
        var fits = $$"""{ "a" :  "{{new string('x', 1024 - 8)}}" }""";
        await connection.JoinAsync(_channel[..30], "ann", fits);
        await connection.RequestAsync(_channel[..29], PusherConnection.Member("ann", $$"""{"a":"{{new string('x', 1024 - 7)}}"}"""));
        await connection.ExpectErrorAsync(4301);
        await connection.ExpectSubscriptionErrorAsync(_channel[..29], "LimitReached", 4301);
    }

    [Fact]
    public async Task P4_The_signature_is_complained_about_before_the_data()
    {
        await using var connection = await PusherConnection.ConnectAsync(server, TestApp.Plain);
        await connection.SendAsync($$$"""{"event":"pusher:subscribe","data":{"channel":"{{{_channel}}}","auth":"plain-Key:bad","channel_data":"nonsense"}}""");
        Assert.StartsWith("Invalid signature", await connection.ExpectErrorAsync(null), StringComparison.Ordinal);
    }

    [Fact]
    public async Task P5_Without_channel_data_and_sign_in_there_is_an_error()
    {
        await using var connection = await PusherConnection.ConnectAsync(server, TestApp.Plain);
        await connection.RequestAsync(_channel);
        Assert.Contains("channel_data", await connection.ExpectErrorAsync(null), StringComparison.Ordinal);
    }

    [Fact]
    public async Task P5_Without_channel_data_the_signed_in_user_joins()
    {
        await using var connection = await PusherConnection.ConnectAsync(server, TestApp.Plain);
        await connection.SignInAsync("""{"id":"ann","user_info":{"name":"Ann"}}""");
        var roster = await connection.SubscribeAsync(_channel);
        Assert.Equal("""{"ann":{"name":"Ann"}}""", roster["presence"]!["hash"]!.ToJsonString());
        // "When both exist, channel_data wins."
        var other = await connection.SubscribeAsync(_channel + "2", PusherConnection.Member("bob"));
        Assert.Equal("bob", (string?)other["presence"]!["ids"]![0]);
    }

    [Fact]
    public async Task P16_A_full_channel_takes_further_connections_of_its_members_but_no_other_user()
    {
        var channel = _channel[..30];
        await using var ann = await PusherConnection.ConnectAsync(server, TestApp.Small);
        await using var bob = await PusherConnection.ConnectAsync(server, TestApp.Small);
        await using var other = await PusherConnection.ConnectAsync(server, TestApp.Small);
        await ann.JoinAsync(channel, "ann");
        await bob.JoinAsync(channel, "bob");
        await other.RequestAsync(channel, PusherConnection.Member("carl"));
        await other.ExpectErrorAsync(4100);
        await other.ExpectSubscriptionErrorAsync(channel, "LimitReached", 4100);
        Assert.Equal(2, (int?)(await other.JoinAsync(channel, "ann"))["presence"]!["count"]);
        await bob.UnsubscribeAsync(channel);
        Assert.Equal("pusher_internal:member_removed", (string?)(await other.NextAsync())["event"]);
        await other.UnsubscribeAsync(channel);
        await other.JoinAsync(channel, "carl");
    }

    [Fact]
    public async Task P18_P19_One_connection_can_be_different_users()
    {
        await using var connection = await PusherConnection.ConnectAsync(server, TestApp.Plain);
        await connection.JoinAsync(_channel, "ann");
        await connection.JoinAsync(_channel + "2", "bob");
        await connection.UnsubscribeAsync(_channel);
        var roster = await connection.JoinAsync(_channel, "carl");
        Assert.Equal("carl", (string?)roster["presence"]!["ids"]![0]);
    }

    [Fact]
    public async Task P20_P23_User_info_is_passed_on_as_it_was_written_and_nothing_else_is()
    {
        await using var watcher = await PusherConnection.ConnectAsync(server, TestApp.Plain);
        await watcher.JoinAsync(_channel, "watcher");
        await using var ann = await PusherConnection.ConnectAsync(server, TestApp.Plain);
        await ann.SubscribeAsync(_channel, """{"secret":"x","user_info":{"z":1.0,"a":[12345678901234567890,{"é":"\u2028"}]},"user_id":"ann"}""");
        var added = await watcher.NextAsync();
        Assert.Equal("""{"user_id":"ann","user_info":{"z":1.0,"a":[12345678901234567890,{"é":"\u2028"}]}}""", (string?)added["data"]);
    }

    [Fact]
    public async Task P22_The_hash_is_an_object_for_ids_that_look_like_indexes()
    {
        JsonNode roster = null!;
        await using var a = await PusherConnection.ConnectAsync(server, TestApp.Plain);
        await using var b = await PusherConnection.ConnectAsync(server, TestApp.Plain);
        await a.JoinAsync(_channel, "0", "{}");
        roster = await b.JoinAsync(_channel, "1", "{}");
        Assert.Equal(["0", "1"], roster["presence"]!["hash"]!.AsObject().Select(static entry => entry.Key).Order());
    }

    [Fact]
    public async Task P3_User_info_may_be_null()
    {
        await using var watcher = await PusherConnection.ConnectAsync(server, TestApp.Plain);
        await watcher.JoinAsync(_channel, "watcher");
        await using var ann = await PusherConnection.ConnectAsync(server, TestApp.Plain);
        var roster = await ann.JoinAsync(_channel, "ann", "null");
        Assert.Null(roster["presence"]!["hash"]!["ann"]);
        await watcher.ExpectAsync($$"""{"event":"pusher_internal:member_added","data":"{\"user_id\":\"ann\"}","channel":"{{_channel}}"}""");
    }

    [Fact]
    public async Task P12_User_info_stays_that_of_the_first_connection_until_the_user_has_left_completely()
    {
        await using var first = await PusherConnection.ConnectAsync(server, TestApp.Plain);
        await using var second = await PusherConnection.ConnectAsync(server, TestApp.Plain);
        await using var late = await PusherConnection.ConnectAsync(server, TestApp.Plain);
        await first.JoinAsync(_channel, "ann", """{"tab":1}""");
        await second.JoinAsync(_channel, "ann", """{"tab":2}""");
        await first.UnsubscribeAsync(_channel);
        await first.ExpectNothingAsync();
        Assert.Equal("""{"tab":1}""", (await late.JoinAsync(_channel, "bob"))["presence"]!["hash"]!["ann"]!.ToJsonString());
        await second.UnsubscribeAsync(_channel);
        await late.NextAsync();
        Assert.Equal("""{"tab":3}""", (await first.JoinAsync(_channel, "ann", """{"tab":3}"""))["presence"]!["hash"]!["ann"]!.ToJsonString());
    }

    [Fact]
    public async Task P20_The_roster_has_user_info_as_it_was_written()
    {
        await using var ann = await PusherConnection.ConnectAsync(server, TestApp.Plain);
        await ann.RequestAsync(_channel, """{"user_info":{"z":1.0,"a":[12345678901234567890,{"é":true}]},"user_id":"ann"}""");
        var success = await ann.NextAsync();
        Assert.Equal(
            """{"presence":{"count":1,"ids":["ann"],"hash":{"ann":{"z":1.0,"a":[12345678901234567890,{"é":true}]}}}}""", (string?)success["data"]);
    }
}
