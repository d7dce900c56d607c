using System.Buffers.Binary;
using System.Globalization;
using Sockudo.Server.Backends;
using Sockudo.Server.Cluster;
using Xunit;

namespace Sockudo.Specification;

/// <summary>
/// What every bus must do, whatever carries its messages (the contract is that of <see cref="IClusterBus"/>). The tests of one class run one after
/// another, so that some of them may break the broker.
/// </summary>
public abstract class ClusterBusSpec
{
    private readonly string _prefix = ServerUnderTest.Unique("spec-");

    /// <summary>A bus that is not started yet. The broker works.</summary>
    /// <param name="nodeName">Name of the node.</param>
    /// <param name="prefix">Prefix of its topics.</param>
    protected abstract Task<IClusterBus> CreateAsync(string nodeName, string prefix);

    /// <summary>Ends the broker without a farewell: nothing listens where it was.</summary>
    protected abstract Task BreakAsync();

    /// <summary>Starts the broker again; it may have forgotten everything.</summary>
    protected abstract Task MendAsync();

    [Fact]
    public async Task A_node_hears_itself_and_every_other_subscriber_hears_it_and_nobody_else()
    {
        await using var a = await StartAsync("a");
        await using var b = await StartAsync("b");
        await using var c = await StartAsync("c");
        await a.SubscribeAsync("dir");
        await b.SubscribeAsync("dir");
        await c.SubscribeAsync("node:c");
        await a.PublishAsync("dir", "hello");
        await a.ExpectTextsAsync("dir", "hello");
        await b.ExpectTextsAsync("dir", "hello");

        // What c did not hear is ahead of what it hears later.
        await c.SubscribeAsync("dir");
        await b.PublishAsync("dir", "again");
        await c.ExpectTextsAsync("dir", "again");
        Assert.Empty(c.HeardOn("node:c"));
    }

    [Fact]
    public async Task What_is_published_when_a_subscription_has_completed_is_received()
    {
        await using var publisher = await StartAsync("publisher");
        await using var subscriber = await StartAsync("subscriber");
        for (var i = 0; i < 200; i++)
        {
            var topic = $"ch:app:{i}";
            await subscriber.SubscribeAsync(topic);
            await publisher.PublishAsync(topic, "at once");
        }

        for (var i = 0; i < 200; i++)
            await subscriber.ExpectTextsAsync($"ch:app:{i}", "at once");
    }

    [Fact]
    public async Task After_unsubscribing_nothing_comes_until_the_next_subscription_and_subscribing_twice_changes_nothing()
    {
        await using var a = await StartAsync("a");
        await using var b = await StartAsync("b");
        await b.UnsubscribeAsync("ch:app:x");
        await b.SubscribeAsync("ch:app:x");
        await b.SubscribeAsync("ch:app:x");
        await a.PublishAsync("ch:app:x", "1");
        await b.ExpectAsync("ch:app:x", 1);
        await b.UnsubscribeAsync("ch:app:x");
        await b.UnsubscribeAsync("ch:app:x");
        await PassAsync(b);
        await a.PublishAsync("ch:app:x", "2");
        await b.SubscribeAsync("ch:app:x");
        await a.PublishAsync("ch:app:x", "3");
        await b.ExpectTextsAsync("ch:app:x", "1", "3");
    }

    // An unsubscription is on its way for a moment, and what the node hears later stands behind it.
    private static async Task PassAsync(BusNode node)
    {
        for (var i = 0; i < 10; i++)
        {
            await node.SubscribeAsync($"ch:app:round-trip-{i}");
            await node.PublishAsync($"ch:app:round-trip-{i}", "");
            await node.ExpectAsync($"ch:app:round-trip-{i}", 1);
        }
    }

    [Fact]
    public async Task What_one_node_publishes_on_a_topic_arrives_in_the_order_of_the_calls()
    {
        await using var publisher = await StartAsync("publisher");
        await using var subscriber = await StartAsync("subscriber");
        string[] topics = ["ch:app:a", "ch:app:b", "ch:app:c"];
        foreach (var topic in topics)
            await subscriber.SubscribeAsync(topic);
        await PublishNumbersAsync(publisher, topics, 0, 5000);
        foreach (var topic in topics)
            Assert.Equal(Enumerable.Range(0, 5000), (await subscriber.ExpectAsync(topic, 5000)).Select(static message => BinaryPrimitives.ReadInt32BigEndian(message)));
    }

    [Fact]
    public async Task The_messages_of_each_of_several_publishers_keep_their_order_and_are_handled_one_at_a_time()
    {
        await using var subscriber = await StartAsync("subscriber");
        await using var a = await StartAsync("a");
        await using var b = await StartAsync("b");
        await using var c = await StartAsync("c");
        await subscriber.SubscribeAsync("ch:app:x");
        subscriber.OnCall = static _ => Thread.SpinWait(100);
        const int Each = 2000;
        await Task.WhenAll(new[] { a, b, c }.Select((node, i) => Task.Run(() => PublishNumbersAsync(node, ["ch:app:x"], i * Each, Each))));
        var heard = (await subscriber.ExpectAsync("ch:app:x", 3 * Each)).Select(static message => BinaryPrimitives.ReadInt32BigEndian(message)).ToArray();
        Assert.Equal(3 * Each, heard.Length);
        for (var i = 0; i < 3; i++)
            Assert.Equal(Enumerable.Range(i * Each, Each), heard.Where(number => number / Each == i));
    }

    // The calls do not wait for one another.
    private static async Task PublishNumbersAsync(BusNode publisher, string[] topics, int first, int count)
    {
        var calls = new List<Task>();
        for (var i = 0; i < count; i++)
        {
            var message = new byte[16];
            BinaryPrimitives.WriteInt32BigEndian(message, first + i);
            foreach (var topic in topics)
                calls.Add(publisher.Bus.PublishAsync(topic, message, CancellationToken.None).AsTask());
        }

        await Task.WhenAll(calls).WaitAsync(TimeSpan.FromSeconds(30));
    }

    [Fact]
    public async Task Different_topics_stay_different_whatever_is_in_their_names()
    {
        string[] topics =
        [
            "dir", "cache", "node:n1", "node:N1", "node:%3A", "ch:app:chat", "ch:App:chat", "ch:app:Chat", "ch:app:chat ", "ch:a%3Ab:chat", "ch:a%253Ab:chat", "ch:a:b:chat",
            "ch:app:#server-to-user-é:1", "ch:app:#server-to-user-%C3%A9:1", "ch:app:a.b", "ch:app:a%2Eb", "ch:app:a.b.c", "ch:app:*", "ch:app:>", "ch:app:a>", "ch:app:.", "ch:app:..", "ch:app:%",
            "ch:app:%25", "ch:app:a b", "ch:app:a\tb", "ch:app:\r\n", "ch:app:频道", "ch:app:頻道", "ch:app:😀", "ch:app:{tag}a", "ch:app:{tag}b", "ch:app:{}", "ch:app:[a-z]?\\", "ch:app:$SYS",
            "ch:app:" + new string('x', 299), "ch:app:" + new string('x', 300), "ch:app:" + new string('é', 300),
        ];
        await using var a = await StartAsync("a");
        await using var b = await StartAsync("b");
        foreach (var topic in topics)
            await b.SubscribeAsync(topic);
        for (var i = 0; i < topics.Length; i++)
            await a.PublishAsync(topics[i], $"{i}");
        for (var i = 0; i < topics.Length; i++)
            await b.ExpectTextsAsync(topics[i], $"{i}");
        foreach (var topic in topics)
        {
            await b.UnsubscribeAsync(topic);
            await b.SubscribeAsync(topic);
            await a.PublishAsync(topic, "last");
            Assert.Equal(2, (await b.ExpectAsync(topic, 2)).Count);
        }
    }

    [Fact]
    public async Task Every_payload_arrives_as_it_was()
    {
        await using var a = await StartAsync("a");
        await using var b = await StartAsync("b");
        await b.SubscribeAsync("ch:app:x");
        var large = new byte[(256 * 1024) + 64];
        new Random(1).NextBytes(large);
        byte[][] payloads = [[], [0], [.. Enumerable.Range(0, 256).Select(static i => (byte)i)], "\r\n$3\r\n"u8.ToArray(), large, [1]];
        foreach (var payload in payloads)
            await a.PublishAsync("ch:app:x", payload);
        Assert.Equal(payloads, await b.ExpectAsync("ch:app:x", payloads.Length));
    }

    [Fact]
    public async Task Two_prefixes_on_one_broker_do_not_meet()
    {
        await using var a = await StartAsync("a");
        await using var other = await BusNode.StartAsync(await CreateAsync("a", _prefix + "x"));
        await a.SubscribeAsync("dir");
        await other.SubscribeAsync("dir");
        await a.PublishAsync("dir", "ours");
        await other.PublishAsync("dir", "theirs");
        await a.PublishAsync("dir", "end");
        await other.PublishAsync("dir", "end");
        await a.ExpectTextsAsync("dir", "ours", "end");
        await other.ExpectTextsAsync("dir", "theirs", "end");
    }

    [Fact]
    public async Task Of_many_calls_for_one_topic_the_last_one_counts()
    {
        await using var a = await StartAsync("a");
        await using var b = await StartAsync("b");
        const int Topics = 40;
        var random = new Random(7);
        var wanted = new bool[Topics];
        var calls = new List<Task>();
        for (var i = 0; i < 40 * Topics; i++)
        {
            var topic = random.Next(Topics);
            wanted[topic] = random.Next(2) == 0;
            calls.Add(wanted[topic] ? b.SubscribeAsync($"ch:app:{topic}") : b.UnsubscribeAsync($"ch:app:{topic}"));
        }

        await Task.WhenAll(calls);
        await PassAsync(b);
        for (var i = 0; i < Topics; i++)
            await a.PublishAsync($"ch:app:{i}", "first");
        for (var i = 0; i < Topics; i++)
        {
            await b.SubscribeAsync($"ch:app:{i}");
            await a.PublishAsync($"ch:app:{i}", "second");
        }

        for (var i = 0; i < Topics; i++)
            await b.ExpectTextsAsync($"ch:app:{i}", wanted[i] ? ["first", "second"] : ["second"]);
    }

    [Fact]
    public async Task Ten_thousand_topics_are_subscribed_to_and_heard()
    {
        await using var a = await StartAsync("a");
        await using var b = await StartAsync("b");
        var topics = Enumerable.Range(0, 10_000).Select(static i => string.Create(CultureInfo.InvariantCulture, $"ch:app:private-{i}")).ToArray();
        await Task.WhenAll(topics.Select(b.SubscribeAsync));
        await Task.WhenAll(topics.Select(topic => a.PublishAsync(topic, topic)));
        foreach (var topic in topics)
            await b.ExpectTextsAsync(topic, topic);
    }

    [Fact]
    public async Task After_an_outage_everything_is_as_it_should_be()
    {
        await using var a = await StartAsync("a");
        await using var b = await StartAsync("b");
        await b.SubscribeAsync("ch:app:old");
        await b.SubscribeAsync("ch:app:left");
        await a.PublishAsync("ch:app:old", "before");
        await b.ExpectAsync("ch:app:old", 1);
        await BreakAsync();
        await Task.WhenAll(a.ExpectConnectedAsync(false), b.ExpectConnectedAsync(false));

        // "Never queues a message for a later connection."
        var failure = await Assert.ThrowsAsync<BackendException>(() => a.PublishAsync("ch:app:old", "lost").WaitAsync(TimeSpan.FromSeconds(2)));
        Assert.False(failure.IsPermanent);
        var late = b.SubscribeAsync("ch:app:late");
        using var impatient = new CancellationTokenSource(TimeSpan.FromMilliseconds(50));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => b.Bus.SubscribeAsync("ch:app:given up", impatient.Token).AsTask());
        await b.UnsubscribeAsync("ch:app:left");
        Assert.False(late.IsCompleted);

        await MendAsync();
        await Task.WhenAll(a.ExpectConnectedAsync(true), b.ExpectConnectedAsync(true));
        await late;
        // Only the call that was given up cannot be waited for.
        await b.SubscribeAsync("ch:app:given up");
        foreach (var topic in new[] { "ch:app:old", "ch:app:late", "ch:app:given up", "ch:app:left" })
            await a.PublishAsync(topic, "after");
        await b.ExpectTextsAsync("ch:app:old", "before", "after");
        await b.ExpectTextsAsync("ch:app:late", "after");
        await b.ExpectTextsAsync("ch:app:given up", "after");
        Assert.Empty(b.HeardOn("ch:app:left"));
    }

    [Fact]
    public async Task A_bus_without_a_broker_does_not_start_and_another_one_starts_later()
    {
        var bus = await CreateAsync("a", _prefix);
        await BreakAsync();
        try
        {
            var failure = await Assert.ThrowsAsync<BackendException>(() => bus.StartAsync(static (_, _) => { }, CancellationToken.None).WaitAsync(TimeSpan.FromSeconds(20)));
            Assert.False(failure.IsPermanent);
            Assert.False(bus.IsConnected);
            await bus.DisposeAsync();
        }
        finally
        {
            await MendAsync();
        }

        await using var later = await StartAsync("a");
        await later.SubscribeAsync("dir");
        await later.PublishWhenPossibleAsync("dir", "here");
        await later.ExpectTextsAsync("dir", "here");
    }

    [Fact]
    public async Task When_the_bus_has_been_disposed_of_the_handler_is_not_called_any_more()
    {
        await using var publisher = await StartAsync("publisher");
        await publisher.SubscribeAsync("ch:app:x");
        var listener = await StartAsync("listener");
        await listener.SubscribeAsync("ch:app:x");
        listener.OnCall = static _ => Thread.SpinWait(1000);
        var flood = PublishNumbersAsync(publisher, ["ch:app:x"], 0, 3000);
        await listener.ExpectAsync("ch:app:x", 100);
        await listener.DisposeAsync();
        var calls = listener.Calls;
        await flood;
        await publisher.ExpectAsync("ch:app:x", 3000);
        Assert.Equal(calls, listener.Calls);
        await Assert.ThrowsAnyAsync<Exception>(() => listener.PublishAsync("ch:app:x", "late"));
        await listener.DisposeAsync();
    }

    [Fact]
    public async Task A_call_that_has_been_given_up_does_nothing()
    {
        await using var a = await StartAsync("a");
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => a.Bus.PublishAsync("dir", new byte[1], new CancellationToken(true)).AsTask());
    }

    private async Task<BusNode> StartAsync(string name) => await BusNode.StartAsync(await CreateAsync(name, _prefix));
}
