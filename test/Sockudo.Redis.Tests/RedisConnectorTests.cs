using Sockudo.Server.Options;
using Sockudo.Specification.Backends;
using StackExchange.Redis;
using Xunit;

namespace Sockudo.Redis.Tests;

/// <summary>The connection for commands.</summary>
public sealed class RedisConnectorTests(SingleRedis single, ClusterRedis cluster)
{
    [Fact]
    public async Task Commands_go_to_the_database_and_the_connection_has_the_name_of_the_node()
    {
        var server = await single.GetAsync();
        await using var connection = await new RedisConnector(
            new RedisTarget { Options = new RedisOptions { Url = $"redis://127.0.0.1:{server.Port}/3" } }, "node 1", TimeProvider.System).ConnectAsync(CancellationToken.None);
        Assert.True(await connection.Multiplexer.GetDatabase().StringSetAsync("sockudo:x", "y"));
        Assert.Equal("y", (await server.CallAsync("-n", "3", "GET", "sockudo:x")).Trim());
        Assert.Contains("name=sockudo-node-1 ", await server.CallAsync("CLIENT", "LIST"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task It_mends_itself_and_commands_fail_at_once_until_then()
    {
        await using var server = await RedisServer.StartAsync();
        await using var connection = await new RedisConnector(Buses.To(server.Port), "a", TimeProvider.System).ConnectAsync(CancellationToken.None);
        var database = connection.Multiplexer.GetDatabase();
        await database.StringSetAsync("x", "1");
        await server.KillAsync();
        await ExpectAsync(() => !connection.Multiplexer.IsConnected);
        await Assert.ThrowsAnyAsync<RedisException>(() => database.StringSetAsync("x", "2").WaitAsync(TimeSpan.FromSeconds(1)));
        await server.StartAgainAsync();
        await ExpectAsync(() => connection.Multiplexer.IsConnected);
        await database.StringSetAsync("x", "3");
    }

    [Fact]
    public async Task Every_slot_of_a_cluster_can_be_used()
    {
        await using var connection = await new RedisConnector(Buses.To(await cluster.GetAsync()), "a", TimeProvider.System).ConnectAsync(CancellationToken.None);
        var database = connection.Multiplexer.GetDatabase();
        for (var i = 0; i < 50; i++)
            Assert.True(await database.StringSetAsync($"sockudo:{i}", i));
    }

    private static async Task ExpectAsync(Func<bool> condition)
    {
        using var timeout = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        while (!condition())
            await Task.Delay(20, timeout.Token);
    }
}
