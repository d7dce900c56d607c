using System.Globalization;
using Sockudo.Server.Backends;
using Sockudo.Server.Options;
using Sockudo.Specification.Backends;
using Xunit;

namespace Sockudo.Nats.Tests;

/// <summary>Servers that go away, come back, or stand still.</summary>
public sealed class NatsOutageTests
{
    [Fact]
    public async Task While_the_server_is_away_publishing_fails_at_once_and_subscribing_waits()
    {
        await using var servers = await NatsServers.StartAsync();
        await using var node = await NatsNode.StartAsync(servers);
        await node.SubscribeAsync("ch:a:before", "ch:a:ended");
        await servers.KillAsync();
        await node.DisconnectedAsync();

        var publishing = node.Bus.PublishAsync("ch:a:before", "never"u8.ToArray(), CancellationToken.None);
        Assert.True(publishing.IsFaulted);
        await Assert.ThrowsAsync<BackendException>(publishing.AsTask);
        await node.Bus.UnsubscribeAsync("ch:a:ended", CancellationToken.None);
        using var giveUp = new CancellationTokenSource();
        var givenUp = node.Bus.SubscribeAsync("ch:a:given-up", giveUp.Token).AsTask();
        var subscribing = node.SubscribeAsync("ch:a:meanwhile");
        await giveUp.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => givenUp);
        Assert.False(subscribing.IsCompleted);

        await servers.RestartAsync();
        await subscribing;
        await node.ConnectedAsync();
        foreach (var topic in new[] { "ch:a:ended", "ch:a:before", "ch:a:meanwhile", "ch:a:given-up" })
            await node.PublishAsync(topic, "after");
        foreach (var topic in new[] { "ch:a:before", "ch:a:meanwhile", "ch:a:given-up" })
            Assert.Equal((topic, "after"), await node.NextAsync());
        Assert.Contains(node.Log.Lines, static line => line.StartsWith("Error: the connection to NATS is lost", StringComparison.Ordinal));
        Assert.Contains(node.Log.Lines, static line => line.StartsWith("Information: NATS is connected again", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_server_that_stands_still_is_given_up_after_the_connection_timeout()
    {
        await using var servers = await NatsServers.StartAsync();
        var options = new AdapterNatsOptions { Servers = servers.Urls, ConnectionTimeoutMs = 500 };
        await using var node = await NatsNode.StartAsync(options);
        await node.SubscribeAsync("dir");
        servers.Suspend();
        await Assert.ThrowsAsync<BackendException>(() => node.PublishAsync("dir", "nobody knows"));
        Assert.False(node.Bus.IsConnected);
        var exception = await Assert.ThrowsAsync<BackendException>(() => NatsNode.StartAsync(options));
        Assert.False(exception.IsPermanent);
        Assert.Contains("no answer within 500 ms", exception.Message, StringComparison.Ordinal);
        Assert.Contains("adapter.nats.connection_timeout_ms", exception.Message, StringComparison.Ordinal);

        servers.Resume();
        await node.ConnectedAsync();
        await node.PublishAsync("dir", "again");
        // The server may have had the first one before it stood still; it never comes after the second.
        if ((await node.NextAsync()).Message == "nobody knows")
            Assert.Equal(("dir", "again"), await node.NextAsync());
    }

    [Fact]
    public async Task A_node_that_is_too_slow_for_the_server_sees_an_outage_and_keeps_the_order()
    {
        await using var servers = await NatsServers.StartAsync(new NatsServersOptions { Configuration = "max_pending: 2MB, write_deadline: \"1s\"" });
        await using var slow = await NatsNode.StartAsync(servers);
        await using var fast = await NatsNode.StartAsync(servers);
        using var gate = new ManualResetEventSlim();
        slow.OnMessage = gate.Wait;
        await slow.SubscribeAsync("ch:a:b");

        // Few and large, because a server delays whoever publishes to a slow one, until it has given that one up.
        const int Count = 60;
        var padding = new string('.', 400_000);
        try
        {
            await Task.WhenAll(Enumerable.Range(0, Count).Select(number => fast.PublishAsync("ch:a:b", string.Create(CultureInfo.InvariantCulture, $"{number}{padding}"))));
        }
        finally
        {
            // Still in the handler, the node cannot know: what it has not read yet stands before the end of the connection.
            gate.Set();
        }

        await NatsNode.UntilAsync(() => slow.Log.Lines.Any(static line => line.Contains("connected again", StringComparison.Ordinal)));
        await fast.PublishAsync("ch:a:b", "-1");

        var last = -1;
        var received = 0;
        while (await slow.NextAsync() is var (_, message) && int.Parse(message.TrimEnd('.'), CultureInfo.InvariantCulture) is >= 0 and var number)
        {
            Assert.True(number > last);
            last = number;
            received++;
        }

        Assert.InRange(received, 1, Count - 1);
    }

    [Fact]
    public async Task The_order_holds_while_servers_are_killed()
    {
        await using var servers = await NatsServers.StartAsync(new NatsServersOptions { Count = 3 });
        // At different servers, so that messages go from one to the other.
        await using var publisher = await NatsNode.StartAsync(servers);
        await using var listener = await NatsNode.StartAsync(new AdapterNatsOptions { Servers = [.. servers.Urls.Skip(1), servers.Urls[0]], Prefix = "test" });
        await listener.SubscribeAsync("ch:a:b", "dir");
        using var pause = new ManualResetEventSlim();
        listener.OnMessage = () => pause.Wait(TimeSpan.FromMilliseconds(0.1));

        using var done = new CancellationTokenSource();
        var publishing = PublishAsync(publisher, done.Token);
        var seen = new List<int>();
        for (var round = 0; round < 3; round++)
        {
            for (var goal = seen.Count + 200; seen.Count < goal;)
                seen.Add(await NumberAsync(listener));
            // First the node that publishes is moved, then the other one, then the first one again.
            var moved = round == 1 ? listener : publisher;
            var index = await servers.FindAsync($"sockudo-{moved.Name}");
            await servers.KillAsync(index);
            Assert.NotEqual(index, await servers.FindAsync($"sockudo-{moved.Name}"));
            for (var goal = seen.Count + 200; seen.Count < goal;)
                seen.Add(await NumberAsync(listener));
            await servers.RestartAsync(index);
        }

        await done.CancelAsync();
        await publishing;
        Assert.Equal(seen.Order().Distinct(), seen);
        await listener.ConnectedAsync();
        await publisher.ConnectedAsync();
        // Subscriptions are in force at the new server.
        while (listener.TryNext(out _))
        {
        }

        await listener.PublishAsync("dir", "self");
        while ((await listener.NextAsync()).Topic != "dir")
            await Task.Yield();
    }

    [Fact]
    public async Task A_server_that_is_only_announced_is_found()
    {
        await using var servers = await NatsServers.StartAsync(new NatsServersOptions { Count = 3 });
        await using var node = await NatsNode.StartAsync(new AdapterNatsOptions { Servers = [servers.Urls[0]] });
        await node.SubscribeAsync("dir");
        await servers.KillAsync();
        await node.DisconnectedAsync();
        await node.ConnectedAsync();
        await node.PublishAsync("dir", "hello");
        Assert.Equal(("dir", "hello"), await node.NextAsync());
    }

    [Fact]
    public async Task Thousands_of_subscriptions_come_back()
    {
        const int Count = 20_000;
        await using var servers = await NatsServers.StartAsync();
        await using var node = await NatsNode.StartAsync(servers);
        await Task.WhenAll(Enumerable.Range(0, Count).Select(number => node.SubscribeAsync(string.Create(CultureInfo.InvariantCulture, $"ch:app:{number}"))));
        await servers.KillAsync();
        await node.DisconnectedAsync();
        await servers.RestartAsync();
        await node.ConnectedAsync();
        foreach (var number in new[] { 0, 777, Count - 1 })
        {
            var topic = string.Create(CultureInfo.InvariantCulture, $"ch:app:{number}");
            await node.PublishAsync(topic, "hello");
            Assert.Equal((topic, "hello"), await node.NextAsync());
        }
    }

    private static async Task<int> NumberAsync(NatsNode node) => int.Parse((await node.NextAsync()).Message, CultureInfo.InvariantCulture);

    // Many at a time, in order; what fails is not repeated.
    private static async Task PublishAsync(NatsNode node, CancellationToken cancellationToken)
    {
        for (var number = 0; !cancellationToken.IsCancellationRequested;)
        {
            var batch = new List<Task>();
            for (var count = 0; count < 20; count++)
                batch.Add(node.PublishAsync("ch:a:b", (number++).ToString(CultureInfo.InvariantCulture)));
            try
            {
                await Task.WhenAll(batch);
            }
            catch (BackendException)
            {
                await Task.Delay(5, CancellationToken.None);
            }
        }
    }
}
