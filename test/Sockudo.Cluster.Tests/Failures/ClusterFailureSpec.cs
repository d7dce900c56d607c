using Xunit;

namespace Sockudo.Cluster.Tests.Failures;

/// <summary>
/// What happens to real nodes on a real broker while events are published: afterwards every client knows the truth, was told each change once, and has
/// heard events in order (<see cref="Sockudo.Tests.Concurrency.ChannelView"/>).
/// </summary>
public abstract class ClusterFailureSpec : ClusterTruth
{
    private protected abstract Task<IClusterBroker> StartBrokerAsync();

    [Fact]
    public async Task A_killed_node_loses_its_members_once_and_gets_them_back_once()
    {
        await using var broker = await StartBrokerAsync();
        await using var cluster = await StartAsync(broker);
        var before = Seen(cluster, node: null);
        await cluster.KillAsync(cluster.Nodes[1]);
        await cluster.ExpectTruthAsync();
        ExpectChanges(before, Seen(cluster, node: null), added: 0, removed: Users / 3);

        before = Seen(cluster, node: null);
        await cluster.Nodes[1].StartAsync();
        for (var i = 1; i < Users; i += 3)
            cluster.Clients.Add(await ClusterClient.ConnectAsync(cluster.Nodes[1], $"user-{i}", SockudoCluster.Room, SockudoCluster.News));
        await cluster.ExpectTruthAsync();
        ExpectChanges(before, Seen(cluster, node: null), added: Users / 3, removed: 0);
        await ExpectEventsAsync(cluster);
    }

    [Fact]
    public async Task A_suspended_node_is_missed_once_and_comes_back_once_and_itself_misses_nobody()
    {
        await using var broker = await StartBrokerAsync();
        await using var cluster = await StartAsync(broker);
        var others = Seen(cluster, cluster.Nodes[0]);
        var own = Seen(cluster, cluster.Nodes[1]);
        cluster.Nodes[1].Suspend(true);
        await Task.Delay(8000);
        cluster.Nodes[1].Suspend(false);
        await cluster.ExpectTruthAsync();
        ExpectChanges(others, Seen(cluster, cluster.Nodes[0]), added: Users / 3, removed: Users / 3);
        ExpectChanges(own, Seen(cluster, cluster.Nodes[1]), added: 0, removed: 0);
        await ExpectEventsAsync(cluster);
    }

    [Theory]
    [InlineData(1000)]
    [InlineData(8000)]
    public async Task A_broker_that_dies_and_comes_back_costs_no_member(int milliseconds)
    {
        await using var broker = await StartBrokerAsync();
        await using var cluster = await StartAsync(broker);
        var before = Seen(cluster, node: null);
        await broker.BreakAsync();
        await Task.Delay(milliseconds);
        await broker.MendAsync();
        await ExpectUpAsync(cluster);
        await cluster.ExpectTruthAsync();
        // A member that came meanwhile is told of once.
        cluster.Clients.Add(await ClusterClient.ConnectAsync(cluster.Nodes[2], "late", SockudoCluster.Room, SockudoCluster.News));
        await cluster.ExpectTruthAsync();
        ExpectChanges(before, Seen(cluster, node: null), added: 1, removed: 0);
        await ExpectEventsAsync(cluster);
    }

    [Fact]
    public async Task A_rolling_restart_is_noticed_by_nobody_who_comes_back()
    {
        await using var broker = await StartBrokerAsync();
        await using var cluster = await StartAsync(broker);
        for (var i = 0; i < cluster.Nodes.Count; i++)
        {
            var leaving = cluster.Clients.Where(client => client.Node == cluster.Nodes[i]).ToList();
            var staying = cluster.Clients.Except(leaving).ToDictionary(static client => client, static client => client.Seen(SockudoCluster.Room));
            var next = cluster.Nodes[(i + 1) % cluster.Nodes.Count];
            var stopping = cluster.Nodes[i].StopAsync();
            foreach (var client in leaving)
            {
                await client.EndedAsync();
                cluster.Clients.Add(await ClusterClient.ConnectAsync(next, client.User, SockudoCluster.Room, SockudoCluster.News));
            }

            await stopping;
            await cluster.Nodes[i].StartAsync();
            // Longer than members stay who do not come back.
            await Task.Delay(5000);
            await cluster.ExpectTruthAsync();
            foreach (var (client, before) in staying)
                Assert.Equal((before.Added, before.Removed), (client.Seen(SockudoCluster.Room).Added, client.Seen(SockudoCluster.Room).Removed));
        }

        await ExpectEventsAsync(cluster);
    }

    private static async Task<SockudoCluster> StartAsync(IClusterBroker broker)
    {
        var cluster = await SockudoCluster.StartAsync(broker.Options, broker.Options, broker.Options);
        await cluster.FillAsync(Users);
        cluster.Publish();
        return cluster;
    }
}
