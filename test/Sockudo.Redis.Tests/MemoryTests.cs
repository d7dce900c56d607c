using Sockudo.Specification;
using Xunit;

namespace Sockudo.Redis.Tests;

/// <summary>What a subscription costs. Nothing else runs meanwhile, because nothing else may allocate.</summary>
[Collection(MemoryTests.Name)]
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class MemoryTests(SingleRedis fixture) : IClassFixture<SingleRedis>
{
    private const string Name = "memory";

    [Fact]
    public async Task A_hundred_thousand_subscriptions_are_small_and_soon_in_force_again()
    {
        const int Topics = 100_000;
        var server = await fixture.GetAsync();
        await using var node = await BusNode.StartAsync(Buses.Over(Buses.To(server.Port), "a", "small"));
        var topics = Enumerable.Range(0, Topics).Select(static i => $"ch:app:private-channel-{i}").ToArray();
        var before = GC.GetTotalMemory(forceFullCollection: true);
        foreach (var chunk in topics.Chunk(1000))
            await Task.WhenAll(chunk.Select(node.SubscribeAsync));
        var each = (GC.GetTotalMemory(forceFullCollection: true) - before) / Topics;

        await server.CallAsync("CLIENT", "KILL", "TYPE", "pubsub");
        await BusNode.ExpectAsync(() => node.Bus.MessagesDropped == 1, static () => "the loss was not noticed");
        var started = TimeProvider.System.GetTimestamp();
        await node.ExpectConnectedAsync(true);
        TestContext.Current.TestOutputHelper?.WriteLine($"{each} bytes per subscription, {TimeProvider.System.GetElapsedTime(started).TotalMilliseconds:0} ms to renew {Topics}");
        await node.PublishAsync(topics[^1], "here");
        await node.ExpectTextsAsync(topics[^1], "here");
        // The name as the caller has it is not counted, since the caller has it anyway.
        Assert.InRange(each, 0, 400);
        GC.KeepAlive(topics);
    }
}
