using Sockudo.Specification;
using Sockudo.Specification.Backends;
using StackExchange.Redis;
using Xunit;

namespace Sockudo.Redis.Tests;

/// <summary>"Sentinel failover = short outage" (storage.md 6.4).</summary>
public sealed class SentinelTests
{
    [Fact]
    public async Task A_failover_is_followed()
    {
        await using var servers = await RedisSentinels.StartAsync("server-secret", "sentinel-secret");
        var target = Buses.To(servers, "server-secret", "sentinel-secret");
        await using var a = await BusNode.StartAsync(Buses.Over(target, "a", "failover"));
        await using var b = await BusNode.StartAsync(Buses.Over(target, "b", "failover"));
        await using var connection = await new RedisConnector(target, "a", TimeProvider.System).ConnectAsync(CancellationToken.None);
        await b.SubscribeAsync("dir");
        await a.PublishAsync("dir", "before");
        await connection.Multiplexer.GetDatabase().StringSetAsync("x", "before");
        await b.ExpectTextsAsync("dir", "before");

        await servers.Master.KillAsync();
        await Task.WhenAll(a.ExpectConnectedAsync(false), b.ExpectConnectedAsync(false));
        await Task.WhenAll(a.ExpectConnectedAsync(true), b.ExpectConnectedAsync(true));
        await a.PublishAsync("dir", "after");
        await b.ExpectTextsAsync("dir", "before", "after");
        Assert.Contains("failover:dir", await servers.Replica.CallAsync("-a", "server-secret", "PUBSUB", "CHANNELS"), StringComparison.Ordinal);

        using var timeout = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        while (!await TrySetAsync(connection))
            await Task.Delay(100, timeout.Token);
        Assert.Equal("after", (await servers.Replica.CallAsync("-a", "server-secret", "GET", "x")).Trim());

        // The old master comes back, and must not be taken for the master again.
        await servers.Master.StartAgainAsync();
        await a.PublishAsync("dir", "end");
        await b.ExpectTextsAsync("dir", "before", "after", "end");
    }

    private static async Task<bool> TrySetAsync(RedisConnection connection)
    {
        try
        {
            return await connection.Multiplexer.GetDatabase().StringSetAsync("x", "after");
        }
        catch (RedisException)
        {
            return false;
        }
    }
}
