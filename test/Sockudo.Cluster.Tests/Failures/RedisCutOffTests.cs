using Sockudo.Specification;
using Sockudo.Specification.Backends;
using Xunit;

namespace Sockudo.Cluster.Tests.Failures;

/// <summary>A node that is cut off from the broker by itself.</summary>
public sealed class RedisCutOffTests : ClusterTruth
{
    [Fact]
    public async Task A_node_that_is_cut_off_for_a_moment_loses_nobody()
    {
        await using var broker = new RedisBroker(await RedisServer.StartAsync());
        await using var proxy = TcpProxy.To(broker.Port);
        await using var cluster = await StartAsync(broker, proxy);
        var before = Seen(cluster, node: null);
        proxy.Cut();
        await Task.Delay(3000);
        proxy.Heal();
        await ExpectUpAsync(cluster);
        await cluster.ExpectTruthAsync();
        ExpectChanges(before, Seen(cluster, node: null), added: 0, removed: 0);
        await ExpectEventsAsync(cluster);
    }

    [Fact]
    public async Task A_node_that_is_cut_off_for_long_says_so_and_is_taken_back()
    {
        await using var broker = new RedisBroker(await RedisServer.StartAsync());
        await using var proxy = TcpProxy.To(broker.Port);
        await using var cluster = await StartAsync(broker, proxy);
        var others = Seen(cluster, cluster.Nodes[0]);
        var own = Seen(cluster, cluster.Nodes[1]);
        proxy.Cut();
        await Task.Delay(10_000);

        Assert.Equal(503, await cluster.Nodes[1].UpAsync());
        Assert.Equal(200, await cluster.Nodes[0].UpAsync());
        var http = new PusherHttp(new ServerUnderTest(cluster.Nodes[1].Address), TestApp.Busy);
        var refused = await http.PostAsync("/events", """{"name":"e","data":"x","channel":"a"}""");
        Assert.Equal((503, """{"error":"Cluster temporarily unavailable"}"""), (refused.Status, refused.Body));
        Assert.Equal(503, (await http.PostAsync("/batch_events", """{"batch":[{"name":"e","data":"x","channel":"a"}]}""")).Status);
        Assert.Equal(503, (await http.PostAsync("/users/ann/terminate_connections", "{}")).Status);
        // What it knew it still says.
        Assert.Equal(Users, (await http.GetAsync($"/channels/{SockudoCluster.Room}/users")).Expect(200).Json["users"]!.AsArray().Count);
        ExpectChanges(own, Seen(cluster, cluster.Nodes[1]), added: 0, removed: 0);
        ExpectChanges(others, Seen(cluster, cluster.Nodes[0]), added: 0, removed: Users / 3);

        await Task.Delay(10_000);
        proxy.Heal();
        await ExpectUpAsync(cluster);
        await cluster.ExpectTruthAsync();
        ExpectChanges(own, Seen(cluster, cluster.Nodes[1]), added: 0, removed: 0);
        ExpectChanges(others, Seen(cluster, cluster.Nodes[0]), added: Users / 3, removed: Users / 3);
        await ExpectEventsAsync(cluster);
    }

    [Fact]
    public async Task What_a_client_says_before_and_after_its_node_is_cut_off_stays_in_order()
    {
        await using var broker = new RedisBroker(await RedisServer.StartAsync());
        await using var proxy = TcpProxy.To(broker.Port);
        await using var cluster = await SockudoCluster.StartAsync(broker.Options, RedisBroker.OptionsFor(proxy.Port));
        var node = cluster.Nodes[1];
        var server = new ServerUnderTest(node.Address);
        var channel = ServerUnderTest.Unique("private-");
        await using var speaker = await PusherConnection.ConnectAsync(server, TestApp.Chatty);
        await using var listener = await PusherConnection.ConnectAsync(server, TestApp.Chatty);
        await speaker.SubscribeAsync(channel);
        await listener.SubscribeAsync(channel);

        proxy.Hold();
        // On its way when the node does not know yet that it is cut off.
        await speaker.SendClientEventAsync("client-e", channel, "1");
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(10));
        while (await node.UpAsync() != 503)
            await Task.Delay(50, patience.Token);
        await speaker.SendClientEventAsync("client-e", channel, "2");
        Assert.Equal("2", (string?)(await listener.NextAsync())["data"]);
        proxy.Heal();
        await ExpectUpAsync(cluster);
        await speaker.SendClientEventAsync("client-e", channel, "3");
        Assert.Equal("3", (string?)(await listener.NextAsync())["data"]);
    }

    private static async Task<SockudoCluster> StartAsync(RedisBroker broker, TcpProxy proxy)
    {
        var cluster = await SockudoCluster.StartAsync(broker.Options, RedisBroker.OptionsFor(proxy.Port), broker.Options);
        await cluster.FillAsync(Users);
        cluster.Publish();
        return cluster;
    }
}
