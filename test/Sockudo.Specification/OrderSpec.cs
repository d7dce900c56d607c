using System.Globalization;
using Xunit;

namespace Sockudo.Specification;

/// <summary>Section 13: order and isolation.</summary>
public abstract class OrderSpec(ServerUnderTest server)
{
    [Fact]
    public async Task O1_O2_Sequential_triggers_and_batches_arrive_in_order_at_every_subscriber()
    {
        var channel = ServerUnderTest.Unique("order-");
        var http = new PusherHttp(server, TestApp.Plain);
        var subscribers = new List<PusherConnection>();
        for (var i = 0; i < 5; i++)
        {
            subscribers.Add(await PusherConnection.ConnectAsync(server, TestApp.Plain));
            await subscribers[^1].SubscribeAsync(channel);
        }

        for (var i = 0; i < 30; i += 3)
        {
            await http.PublishAsync(channel, "n", i.ToString(CultureInfo.InvariantCulture));
            (await http.PostAsync("/batch_events",
                $$"""{"batch":[{"name":"n","data":"{{i + 1}}","channel":"{{channel}}"},{"name":"n","data":"{{i + 2}}","channel":"{{channel}}"}]}""")).Expect(200, "{}");
        }

        foreach (var subscriber in subscribers)
        {
            for (var i = 0; i < 30; i++)
                Assert.Equal(i.ToString(CultureInfo.InvariantCulture), (string?)(await subscriber.NextAsync())["data"]);
            await subscriber.DisposeAsync();
        }
    }

    [Fact]
    public async Task O4_O5_One_event_for_several_channels_arrives_once_per_channel()
    {
        var (a, b) = (ServerUnderTest.Unique("a-"), ServerUnderTest.Unique("b-"));
        await using var connection = await PusherConnection.ConnectAsync(server, TestApp.Plain);
        await connection.SubscribeAsync(a);
        await connection.SubscribeAsync(b);
        await new PusherHttp(server, TestApp.Plain).PostAsync("/events", $$"""{"name":"e","data":"x","channels":["{{a}}","{{b}}","{{a}}"]}""");
        // Nothing is promised about the order of different channels.
        var channels = new[] { (string)(await connection.NextAsync())["channel"]!, (string)(await connection.NextAsync())["channel"]! };
        Assert.Equal([a, b], channels.Order(StringComparer.Ordinal));
        await connection.ExpectNothingAsync();
    }

    [Fact]
    public async Task CL3_Events_of_one_app_never_reach_another()
    {
        var channel = ServerUnderTest.Unique("shared-");
        await using var plain = await PusherConnection.ConnectAsync(server, TestApp.Plain);
        await using var chatty = await PusherConnection.ConnectAsync(server, TestApp.Chatty);
        await plain.SubscribeAsync(channel);
        await chatty.SubscribeAsync(channel);
        await new PusherHttp(server, TestApp.Plain).PublishAsync(channel, "e", "x");
        await plain.ExpectAsync($$"""{"event":"e","data":"x","channel":"{{channel}}"}""");
        await chatty.ExpectNothingAsync();
    }

    [Fact]
    public async Task T5_The_excluded_connection_gets_nothing_the_others_do()
    {
        var channel = ServerUnderTest.Unique("except-");
        await using var sender = await PusherConnection.ConnectAsync(server, TestApp.Plain);
        await using var other = await PusherConnection.ConnectAsync(server, TestApp.Plain);
        await sender.SubscribeAsync(channel);
        await other.SubscribeAsync(channel);
        await new PusherHttp(server, TestApp.Plain).PublishAsync(channel, "e", "x", sender.SocketId);
        await other.ExpectAsync($$"""{"event":"e","data":"x","channel":"{{channel}}"}""");
        await sender.ExpectNothingAsync();
    }

    [Fact]
    public async Task CL3_Rosters_lists_and_cached_events_of_one_app_are_unknown_to_another()
    {
        var channel = ServerUnderTest.Unique("presence-cache-shared-");
        var plain = new PusherHttp(server, TestApp.Plain);
        var chatty = new PusherHttp(server, TestApp.Chatty);
        await plain.PublishAsync(channel, "e", "x");
        await using var ann = await PusherConnection.ConnectAsync(server, TestApp.Plain);
        await ann.JoinAsync(channel, "ann");
        await ann.NextAsync();
        await using var bob = await PusherConnection.ConnectAsync(server, TestApp.Chatty);
        Assert.Equal(1, (int?)(await bob.JoinAsync(channel, "bob"))["presence"]!["count"]);
        await bob.ExpectAsync($$"""{"event":"pusher:cache_miss","data":"{}","channel":"{{channel}}"}""");
        await ann.ExpectNothingAsync();
        (await plain.GetAsync($"/channels/{channel}/users")).Expect(200, """{"users":[{"id":"ann"}]}""");
        (await chatty.GetAsync("/channels", ("filter_by_prefix", channel), ("info", "user_count")))
            .Expect(200, $$$$"""{"channels":{"{{{{channel}}}}":{"user_count":1}}}""");
    }

    [Fact]
    public async Task B5_Events_of_a_batch_may_exclude_different_connections()
    {
        var channel = ServerUnderTest.Unique("except-");
        await using var a = await PusherConnection.ConnectAsync(server, TestApp.Plain);
        await using var b = await PusherConnection.ConnectAsync(server, TestApp.Plain);
        await a.SubscribeAsync(channel);
        await b.SubscribeAsync(channel);
        (await new PusherHttp(server, TestApp.Plain).PostAsync("/batch_events",
            $$"""{"batch":[{"name":"e","data":"1","channel":"{{channel}}","socket_id":"{{a.SocketId}}"},{"name":"e","data":"2","channel":"{{channel}}","socket_id":"{{b.SocketId}}"}]}"""))
            .Expect(200, "{}");
        await a.ExpectAsync($$"""{"event":"e","data":"2","channel":"{{channel}}"}""");
        await b.ExpectAsync($$"""{"event":"e","data":"1","channel":"{{channel}}"}""");
        await a.ExpectNothingAsync();
        await b.ExpectNothingAsync();
    }
}
