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
        await connection.ExpectAsync($$"""{"event":"e","data":"x","channel":"{{a}}"}""");
        await connection.ExpectAsync($$"""{"event":"e","data":"x","channel":"{{b}}"}""");
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
}
