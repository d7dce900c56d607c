using Microsoft.Extensions.Logging;
using Sockudo.Server.Backends;
using Sockudo.Specification;
using Sockudo.Specification.Backends;
using Xunit;

namespace Sockudo.Redis.Tests;

/// <summary>What can go wrong between us and a single server.</summary>
public sealed class OutageTests(SingleRedis fixture) : IClassFixture<SingleRedis>
{
    [Fact]
    public async Task A_server_that_does_not_answer_is_noticed_and_found_again()
    {
        var server = await fixture.GetAsync();
        await using var proxy = TcpProxy.To(server.Port);
        await using var node = await BusNode.StartAsync(Buses.Over(Buses.To(proxy.Port), "a", "hold"));
        await node.SubscribeAsync("dir");
        proxy.Hold();
        // Not before the patience of a command is at its end, but then.
        await Assert.ThrowsAsync<BackendException>(() => node.PublishAsync("dir", "lost?"));
        await node.ExpectConnectedAsync(false);
        await Assert.ThrowsAsync<BackendException>(() => node.PublishAsync("dir", "lost").WaitAsync(TimeSpan.FromSeconds(1)));
        proxy.Heal();
        await node.ExpectConnectedAsync(true);
        await node.PublishAsync("dir", "here");
        await BusNode.ExpectAsync(() => node.TextsOn("dir").Contains("here"), () => string.Join(',', node.TextsOn("dir")));
        Assert.DoesNotContain("lost", node.TextsOn("dir"));
    }

    [Fact]
    public async Task A_connection_that_breaks_is_mended_and_counts_as_a_loss_each_time()
    {
        var server = await fixture.GetAsync();
        await using var proxy = TcpProxy.To(server.Port);
        using var logs = new RecordedLogs(LogLevel.Information);
        await using var node = await BusNode.StartAsync(new RedisBus(Buses.To(proxy.Port), null, "cut", "a", TimeProvider.System, logs));
        for (var i = 0; i < 1000; i++)
            await node.SubscribeAsync($"ch:app:{i}");
        for (var round = 1; round <= 5; round++)
        {
            proxy.Cut();
            await node.ExpectConnectedAsync(false);
            proxy.Heal();
            await node.ExpectConnectedAsync(true);
            Assert.Equal(round, node.Bus.MessagesDropped);
            // Connected means that every subscription is in force.
            for (var i = 0; i < 1000; i++)
                await node.PublishAsync($"ch:app:{i}", $"{round}");
            for (var i = 0; i < 1000; i++)
                await node.ExpectAsync($"ch:app:{i}", round);
            // One line per change.
            Assert.Equal(2 * round, logs.Lines.Count);
        }

        Assert.StartsWith($"Error: the connection to Redis is lost  address=127.0.0.1:{proxy.Port} reason=Redis 127.0.0.1:{proxy.Port} ", logs.Lines[0], StringComparison.Ordinal);
        Assert.Equal($"Information: the connection to Redis is mended  address=127.0.0.1:{proxy.Port}", logs.Lines[1]);
    }

    [Fact]
    public async Task Of_many_calls_for_one_topic_the_last_one_counts_whatever_happens_to_the_connection()
    {
        const int Topics = 30;
        var server = await fixture.GetAsync();
        await using var proxy = TcpProxy.To(server.Port);
        await using var publisher = await BusNode.StartAsync(Buses.Over(Buses.To(server.Port), "a", "chaos"));
        await using var node = await BusNode.StartAsync(Buses.Over(Buses.To(proxy.Port), "b", "chaos"));
        var random = new Random(3);
        var wanted = new bool[Topics];
        var calls = new List<Task>();
        for (var round = 0; round < 30; round++)
        {
            for (var i = 0; i < 50; i++)
            {
                var topic = random.Next(Topics);
                wanted[topic] = random.Next(2) == 0;
                calls.Add(wanted[topic] ? node.SubscribeAsync($"ch:app:{topic}") : node.UnsubscribeAsync($"ch:app:{topic}"));
                if (i == random.Next(50))
                    proxy.Cut();
            }

            await Task.Delay(random.Next(5), TestContext.Current.CancellationToken);
            proxy.Heal();
            await Task.Delay(random.Next(200), TestContext.Current.CancellationToken);
        }

        await Task.WhenAll(calls);
        await node.ExpectConnectedAsync(true);
        for (var i = 0; i < Topics; i++)
            await publisher.PublishAsync($"ch:app:{i}", "first");
        for (var i = 0; i < Topics; i++)
        {
            await node.SubscribeAsync($"ch:app:{i}");
            await publisher.PublishAsync($"ch:app:{i}", "second");
        }

        for (var i = 0; i < Topics; i++)
            await node.ExpectTextsAsync($"ch:app:{i}", wanted[i] ? ["first", "second"] : ["second"]);
    }

    [Fact]
    public async Task A_listener_whom_the_server_throws_out_comes_back()
    {
        var server = await fixture.GetAsync();
        await using var node = await BusNode.StartAsync(Buses.Over(Buses.To(server.Port), "thrown-out", "kill"));
        await node.SubscribeAsync("dir");
        Assert.Equal("1", (await server.CallAsync("CLIENT", "KILL", "TYPE", "pubsub", "SKIPME", "no")).Trim());
        await BusNode.ExpectAsync(() => node.Bus.MessagesDropped == 1, () => $"{node.Bus.MessagesDropped}");
        await node.ExpectConnectedAsync(true);
        await node.PublishAsync("dir", "here");
        await node.ExpectTextsAsync("dir", "here");
    }

    [Fact]
    public async Task A_master_that_becomes_a_replica_is_left_until_it_is_a_master_again()
    {
        await using var master = await RedisServer.StartAsync();
        await using var node = await BusNode.StartAsync(Buses.Over(Buses.To(master.Port), "a", "demoted"));
        await master.CallAsync("REPLICAOF", "127.0.0.1", $"{(await fixture.GetAsync()).Port}");
        await node.ExpectConnectedAsync(false);
        await Assert.ThrowsAsync<BackendException>(() => node.PublishAsync("dir", "lost"));
        await master.CallAsync("REPLICAOF", "NO", "ONE");
        await node.ExpectConnectedAsync(true);
    }

    [Fact]
    public async Task Listening_may_be_done_at_a_replica()
    {
        var master = await fixture.GetAsync();
        await using var replica = await RedisServer.StartAsync($"replicaof 127.0.0.1 {master.Port}");
        while (!(await replica.CallAsync("INFO", "replication")).Contains("master_link_status:up", StringComparison.Ordinal))
            await Task.Delay(50, TestContext.Current.CancellationToken);
        var own = Buses.To(master.Port) with { Url = $"redis://127.0.0.1:{replica.Port}", UrlKey = "adapter.redis.redis_sub_options.url" };
        await using var node = await BusNode.StartAsync(Buses.Over(Buses.To(master.Port), "a", "replica", own));
        await node.SubscribeAsync("dir");
        await node.PublishAsync("dir", "here");
        await node.ExpectTextsAsync("dir", "here");
        Assert.Contains("replica:dir", await replica.CallAsync("PUBSUB", "CHANNELS"), StringComparison.Ordinal);
        Assert.DoesNotContain("replica:dir", await master.CallAsync("PUBSUB", "CHANNELS"), StringComparison.Ordinal);
    }
}
