using System.Globalization;
using System.Security.Cryptography;
using Sockudo.Server.Backends;
using Sockudo.Server.Options;
using Sockudo.Specification.Backends;
using Xunit;

namespace Sockudo.Nats.Tests;

/// <summary>What the bus promises, on one server that nothing happens to.</summary>
public sealed class NatsBusTests(OneServer fixture) : IClassFixture<OneServer>, IAsyncLifetime
{
    private NatsServers Servers { get; set; } = null!;

    public async ValueTask InitializeAsync() => Servers = await fixture.GetAsync();

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private static string Topic() => $"ch:app:{Guid.NewGuid():N}";

    [Fact]
    public async Task A_node_hears_itself_and_others()
    {
        await using var one = await NatsNode.StartAsync(Servers);
        await using var other = await NatsNode.StartAsync(Servers);
        var topic = Topic();
        await one.SubscribeAsync(topic);
        await other.SubscribeAsync(topic);
        await one.PublishAsync(topic, "hello");
        Assert.Equal((topic, "hello"), await one.NextAsync());
        Assert.Equal((topic, "hello"), await other.NextAsync());
        Assert.True(one.Bus.IsConnected);
        Assert.Equal(0, other.Bus.MessagesDropped);
    }

    [Fact]
    public async Task Pipelined_messages_arrive_in_the_order_of_the_calls()
    {
        await using var one = await NatsNode.StartAsync(Servers);
        await using var other = await NatsNode.StartAsync(Servers);
        var topic = Topic();
        await one.SubscribeAsync(topic);
        await other.SubscribeAsync(topic);
        var expected = Enumerable.Range(0, 5000).Select(static number => number.ToString(CultureInfo.InvariantCulture)).ToArray();
        await Task.WhenAll(expected.Select(number => one.PublishAsync(topic, number)));
        foreach (var node in new[] { one, other })
        {
            foreach (var number in expected)
                Assert.Equal((topic, number), await node.NextAsync());
        }
    }

    [Fact]
    public async Task A_confirmed_message_stands_before_whatever_another_node_publishes_later()
    {
        await using var one = await NatsNode.StartAsync(Servers);
        await using var other = await NatsNode.StartAsync(Servers);
        await using var third = await NatsNode.StartAsync(Servers);
        var topic = Topic();
        await third.SubscribeAsync(topic);
        for (var number = 0; number < 200; number += 2)
        {
            await one.PublishAsync(topic, number.ToString(CultureInfo.InvariantCulture));
            await other.PublishAsync(topic, (number + 1).ToString(CultureInfo.InvariantCulture));
        }

        for (var number = 0; number < 200; number++)
            Assert.Equal((topic, number.ToString(CultureInfo.InvariantCulture)), await third.NextAsync());
    }

    [Fact]
    public async Task Different_topics_stay_different()
    {
        await using var node = await NatsNode.StartAsync(Servers);
        string[] topics =
        [
            "dir", "cache", "node:a", "node:a.b", "node:a:b", "ch:a:b", "ch:a.b:c", "ch:a:b.c", "ch:a:b:c", "ch:a%3Ab:c", "ch:a:%3Ab", "ch:a:*", "ch:*:b", "ch:a:>",
            "ch:a:b c", "ch:a:b\tc", "ch:a:b\r\nc", "ch:a:é", "ch:a:e\u0301", "ch:a:😀", "ch:a:B", "ch:a:%62", "ch:a:", "ch::b", "ch:a:%", "ch:a%25:b", "ch:a:-_=@,;",
        ];
        await node.SubscribeAsync(topics);
        foreach (var topic in topics)
            await node.PublishAsync(topic, topic);
        foreach (var topic in topics)
            Assert.Equal((topic, topic), await node.NextAsync());
        await node.PublishAsync("dir", "end");
        Assert.Equal(("dir", "end"), await node.NextAsync());
    }

    [Fact]
    public async Task Different_prefixes_do_not_hear_each_other()
    {
        await using var one = await NatsNode.StartAsync(Servers, "one");
        await using var other = await NatsNode.StartAsync(Servers, "other");
        await one.SubscribeAsync("dir");
        await other.SubscribeAsync("dir");
        await one.PublishAsync("dir", "of one");
        await other.PublishAsync("dir", "of other");
        Assert.Equal(("dir", "of other"), await other.NextAsync());
        Assert.Equal(("dir", "of one"), await one.NextAsync());
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData((256 * 1024) + 300)]
    public async Task Messages_of_any_size_arrive_as_they_were(int size)
    {
        await using var node = await NatsNode.StartAsync(Servers);
        var topic = Topic();
        await node.SubscribeAsync(topic);
        var message = RandomNumberGenerator.GetBytes(size);
        await node.PublishAsync(topic, message);
        await node.PublishAsync(topic, "end");
        (string, byte[] Message) next = default;
        await NatsNode.UntilAsync(() => node.TryNext(out next));
        Assert.Equal(message, next.Message);
        Assert.Equal((topic, "end"), await node.NextAsync());
    }

    [Fact]
    public async Task A_message_that_the_server_would_not_take_is_refused_and_the_connection_stays()
    {
        await using var node = await NatsNode.StartAsync(Servers);
        var topic = Topic();
        await node.SubscribeAsync(topic);
        await Assert.ThrowsAsync<BackendException>(() => node.PublishAsync(topic, new byte[2 * 1024 * 1024]));
        await Assert.ThrowsAsync<BackendException>(() => node.PublishAsync("ch:app:" + new string('.', 2000), "x"));
        await Assert.ThrowsAsync<BackendException>(() => node.SubscribeAsync("ch:app:" + new string('.', 2000)));
        await node.PublishAsync(topic, "still here");
        Assert.Equal((topic, "still here"), await node.NextAsync());
        Assert.Empty(node.Log.Lines);
    }

    [Fact]
    public async Task Subscribing_twice_changes_nothing_and_once_is_enough_to_end_it()
    {
        await using var node = await NatsNode.StartAsync(Servers);
        var topic = Topic();
        await node.SubscribeAsync(topic, "dir", topic);
        await node.PublishAsync(topic, "once");
        await node.Bus.UnsubscribeAsync(topic, CancellationToken.None);
        await node.PublishAsync(topic, "never");
        await node.SubscribeAsync(topic);
        await node.PublishAsync(topic, "again");
        await node.PublishAsync("dir", "end");
        Assert.Equal((topic, "once"), await node.NextAsync());
        Assert.Equal((topic, "again"), await node.NextAsync());
        Assert.Equal(("dir", "end"), await node.NextAsync());
    }

    [Fact]
    public async Task A_handler_that_throws_is_logged_and_called_again()
    {
        await using var node = await NatsNode.StartAsync(Servers);
        await node.SubscribeAsync("node:x");
        var calls = 0;
        node.OnMessage = () =>
        {
            if (++calls == 1)
                throw new InvalidOperationException("of the test");
        };
        await node.PublishAsync("node:x", "1");
        await node.PublishAsync("node:x", "2");
        Assert.Equal(("node:x", "2"), await node.NextAsync());
        Assert.Contains(node.Log.Lines, static line => line.StartsWith("Error: ", StringComparison.Ordinal) && line.Contains("of the test", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Nothing_is_lost_when_the_handler_is_slow()
    {
        await using var slow = await NatsNode.StartAsync(Servers);
        await using var fast = await NatsNode.StartAsync(Servers);
        using var gate = new ManualResetEventSlim();
        slow.OnMessage = gate.Wait;
        var topic = Topic();
        await slow.SubscribeAsync(topic);

        const int Count = 20_000;
        var padding = new string('.', 1000);
        var published = new List<Task>();
        for (var number = 0; number < Count; number++)
            published.Add(fast.PublishAsync(topic, string.Create(CultureInfo.InvariantCulture, $"{number}{padding}")));
        // The server has all 20 MB, and the slow node has not taken one message.
        await Task.WhenAll(published);
        Assert.False(slow.TryNext(out _));
        gate.Set();

        for (var number = 0; number < Count; number++)
            Assert.Equal(number.ToString(CultureInfo.InvariantCulture), (await slow.NextAsync()).Message.TrimEnd('.'));
        Assert.Equal(0, slow.Bus.MessagesDropped);
        Assert.Empty(slow.Log.Lines);
    }

    [Fact]
    public async Task Nobody_is_called_after_the_end()
    {
        var node = await NatsNode.StartAsync(Servers);
        await using var other = await NatsNode.StartAsync(Servers);
        await node.SubscribeAsync("node:y");
        await node.DisposeAsync();
        await other.PublishAsync("node:y", "late");
        Assert.False(node.TryNext(out _));
        Assert.False(node.Bus.IsConnected);
        await Assert.ThrowsAsync<BackendException>(() => node.PublishAsync("node:y", "late"));
        await Assert.ThrowsAsync<BackendException>(() => node.SubscribeAsync("node:y"));
        await node.DisposeAsync();
    }

    [Fact]
    public async Task A_caller_who_gives_up_does_not_disturb_the_others()
    {
        await using var node = await NatsNode.StartAsync(Servers);
        await node.SubscribeAsync("node:z");
        using var given = new CancellationTokenSource();
        var publishing = Enumerable.Range(0, 100).Select(_ => node.Bus.PublishAsync("node:z", "given up"u8.ToArray(), given.Token).AsTask()).ToArray();
        await given.CancelAsync();
        await node.PublishAsync("node:z", "end");
        foreach (var one in publishing)
            await one.ContinueWith(static _ => { }, TaskScheduler.Default);
        while ((await node.NextAsync()).Message != "end")
            await Task.Yield();
    }

    [Fact]
    public async Task The_client_has_the_name_of_the_node()
    {
        await using var node = await NatsNode.StartAsync(Servers);
        Assert.Equal(0, await Servers.FindAsync($"sockudo-{node.Name}"));
    }

    [Fact]
    public async Task An_address_where_nobody_listens_is_an_error_that_may_go_away()
    {
        var exception = await Assert.ThrowsAsync<BackendException>(() => NatsNode.StartAsync(new AdapterNatsOptions { Servers = ["nats://secret:word@127.0.0.1:9", "nats://127.0.0.1:9"] }));
        Assert.False(exception.IsPermanent);
        Assert.Contains("nats://127.0.0.1:9 ", exception.Message, StringComparison.Ordinal);
        Assert.Contains("refused", exception.Message, StringComparison.Ordinal);
        Assert.Contains("adapter.nats.servers", exception.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("word", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_next_server_is_taken_if_one_cannot_be_used()
    {
        await using var node = await NatsNode.StartAsync(new AdapterNatsOptions { Servers = ["nats://127.0.0.1:9", .. Servers.Urls] });
        Assert.True(node.Bus.IsConnected);
    }

    [Fact]
    public async Task A_start_can_be_given_up()
    {
        await using var bus = new NatsBus(new AdapterNatsOptions { Servers = Servers.Urls }, "n", TimeProvider.System, new BusLog());
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => bus.StartAsync(static (_, _) => { }, new CancellationToken(canceled: true)));
    }
}
