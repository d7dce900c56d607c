using System.Globalization;
using System.Text;
using Sockudo.Server.Backends;
using Sockudo.Specification;
using Xunit;

namespace Sockudo.Redis.Tests;

/// <summary>Failover and migration of a Redis Cluster (storage.md 6.5).</summary>
public sealed class ClusterFailoverTests(ClusterRedis fixture) : IClassFixture<ClusterRedis>
{
    // Names that lie on all masters, with near certainty.
    private static readonly string[] Topics = [.. Enumerable.Range(0, 60).Select(static i => $"ch:app:{i}")];

    [Fact]
    public async Task A_failed_master_is_missed_until_its_replica_has_taken_over_and_the_order_holds()
    {
        var cluster = await fixture.GetAsync();
        await using var a = await BusNode.StartAsync(Buses.Over(Buses.To(cluster), "a", "failover"));
        await using var b = await BusNode.StartAsync(Buses.Over(Buses.To(cluster), "b", "failover"));
        foreach (var topic in Topics)
            await b.SubscribeAsync(topic);
        using var enough = new CancellationTokenSource();
        var publishing = Topics.Select(topic => PublishAsync(a, topic, enough.Token)).ToArray();

        var victim = await cluster.MasterOfAsync("failover:" + Topics[0], cluster.Ports[0]);
        await cluster.KillAsync(victim);
        await Task.WhenAll(a.ExpectConnectedAsync(false), b.ExpectConnectedAsync(false));
        await Assert.ThrowsAsync<BackendException>(() => a.PublishAsync(Topics[0], "-1").WaitAsync(TimeSpan.FromSeconds(1)));
        await Task.WhenAll(a.ExpectConnectedAsync(true), b.ExpectConnectedAsync(true));
        Assert.NotEqual(victim, await cluster.MasterOfAsync("failover:" + Topics[0], cluster.Ports.First(port => port != victim)));

        var after = a.Bus.MessagesDropped + b.Bus.MessagesDropped;
        foreach (var topic in Topics)
        {
            await a.PublishAsync(topic, "1000000");
            await BusNode.ExpectAsync(() => b.TextsOn(topic).Contains("1000000"), () => $"{topic} is not heard any more");
        }

        await enough.CancelAsync();
        await Task.WhenAll(publishing);
        Assert.Equal(after, a.Bus.MessagesDropped + b.Bus.MessagesDropped);
        foreach (var topic in Topics)
        {
            var numbers = b.TextsOn(topic).Where(static text => text != "1000000").Select(static text => int.Parse(text, CultureInfo.InvariantCulture)).ToArray();
            Assert.Equal(numbers.Order().Distinct(), numbers);
        }

        await cluster.StartAgainAsync(victim);
        await cluster.WaitUntilWholeAsync();
    }

    [Fact]
    public async Task A_master_that_hangs_is_replaced_and_not_believed_when_it_wakes_up()
    {
        var cluster = await fixture.GetAsync();
        await using var a = await BusNode.StartAsync(Buses.Over(Buses.To(cluster), "a", "hang"));
        await using var b = await BusNode.StartAsync(Buses.Over(Buses.To(cluster), "b", "hang"));
        foreach (var topic in Topics)
            await b.SubscribeAsync(topic);
        var victim = await cluster.MasterOfAsync("hang:" + Topics[0], cluster.Ports[0]);
        cluster.Suspend(victim);
        // What goes to the master before its hang is noticed is lost. It may be noticed when its replica has taken over already, and mended in no time.
        foreach (var topic in Topics)
        {
            using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
            do
            {
                await a.PublishWhenPossibleAsync(topic, "1");
                await Task.Delay(20, patience.Token);
            }
            while (b.TextsOn(topic).Count == 0);
        }

        Assert.NotEqual(victim, await cluster.MasterOfAsync("hang:" + Topics[0], cluster.Ports.First(port => port != victim)));
        cluster.Resume(victim);
        await cluster.WaitUntilWholeAsync();
        foreach (var topic in Topics)
        {
            await a.PublishWhenPossibleAsync(topic, "2");
            await BusNode.ExpectAsync(() => b.TextsOn(topic).Contains("2"), () => $"{topic} is not heard any more");
        }

        // Nothing that the one which hung had kept comes later.
        Assert.All(Topics, topic => Assert.Equal("2", b.TextsOn(topic)[^1]));
        Assert.All(Topics, topic => Assert.Single(b.TextsOn(topic), static text => text == "2"));
    }

    [Fact]
    public async Task A_slot_that_moves_takes_its_subscriptions_along()
    {
        var cluster = await fixture.GetAsync();
        await using var a = await BusNode.StartAsync(Buses.Over(Buses.To(cluster), "a", "move"));
        await using var b = await BusNode.StartAsync(Buses.Over(Buses.To(cluster), "b", "move"));
        foreach (var topic in Topics)
            await b.SubscribeAsync(topic);
        var moved = Topics[1];
        var slot = HashSlot.Of(Encoding.UTF8.GetBytes("move:" + moved));
        var source = await cluster.MasterOfAsync("move:" + moved, cluster.Ports[0]);
        var target = await OtherMasterAsync(source);
        var (sourceId, targetId) = (await IdOfAsync(source), await IdOfAsync(target));
        await SetSlotAsync(target, "IMPORTING", sourceId);
        await SetSlotAsync(source, "MIGRATING", targetId);
        await SetSlotAsync(target, "NODE", targetId);
        await SetSlotAsync(source, "NODE", targetId);

        await BusNode.ExpectAsync(() => b.Bus.MessagesDropped > 0, static () => "the subscription has not moved");
        await b.ExpectConnectedAsync(true);
        foreach (var topic in Topics)
        {
            await a.PublishWhenPossibleAsync(topic, "after");
            await b.ExpectTextsAsync(topic, "after");
        }

        await cluster.WaitUntilWholeAsync();

        async Task<string> IdOfAsync(int port) => (await cluster.CallAsync(port, "CLUSTER", "MYID")).Trim();

        async Task SetSlotAsync(int port, string state, string id) =>
            Assert.Equal("OK", (await cluster.CallAsync(port, "CLUSTER", "SETSLOT", $"{slot}", state, id)).Trim());

        async Task<int> OtherMasterAsync(int port)
        {
            for (var i = 0; ; i++)
            {
                if (await cluster.MasterOfAsync($"key-{i}", port) is var other && other != port)
                    return other;
            }
        }
    }

    // Numbers from 0, each after the answer to the one before it, or after its failure.
    private static async Task PublishAsync(BusNode node, string topic, CancellationToken enough)
    {
        for (var i = 0; !enough.IsCancellationRequested; i++)
        {
            try
            {
                await node.PublishAsync(topic, i.ToString(CultureInfo.InvariantCulture));
            }
            catch (BackendException)
            {
                // Lost, or not: the next one has another number.
            }

            await Task.Delay(10, CancellationToken.None);
        }
    }
}
