using Microsoft.Extensions.Logging.Abstractions;
using Sockudo.Server.Options;
using Sockudo.Specification;
using Sockudo.Specification.Backends;
using Xunit;

namespace Sockudo.Redis.Tests;

/// <summary>The bus that a configuration asks for (configuration.md 3.3).</summary>
public sealed class ConfigurationTests(SingleRedis single, ClusterRedis cluster)
{
    [Theory]
    [InlineData(null, "base:adapter:dir")]
    [InlineData("own:.", "own:dir")]
    public async Task The_adapter_has_its_own_prefix_or_that_of_the_section(string? prefix, string channel)
    {
        var server = await single.GetAsync();
        await using var node = await StartAsync(
            new AdapterOptions { Driver = AdapterDriver.Redis, Redis = new AdapterRedisOptions { Prefix = prefix } }, new RedisOptions { Port = server.Port, KeyPrefix = "base:" });
        await node.SubscribeAsync("dir");
        Assert.Contains(channel, (await server.CallAsync("PUBSUB", "CHANNELS")).Split('\n'));
        Assert.Equal(2, (await server.CallAsync("CLIENT", "LIST")).Split('\n').Count(static line => line.Contains("name=sockudo-node-x", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task The_adapter_may_have_its_own_servers_to_publish_and_to_listen()
    {
        var server = await single.GetAsync();
        await using var proxy = TcpProxy.To(server.Port);
        await using var node = await StartAsync(new AdapterOptions
        {
            Driver = AdapterDriver.Redis,
            Redis = new AdapterRedisOptions
            {
                RedisPubOptions = new RedisUrlOptions { Url = $"redis://127.0.0.1:{server.Port}" },
                RedisSubOptions = new RedisUrlOptions { Url = $"redis://127.0.0.1:{proxy.Port}" },
            },
        }, new RedisOptions { Port = 1 });
        await node.SubscribeAsync("dir");
        await node.PublishAsync("dir", "here");
        await node.ExpectTextsAsync("dir", "here");
        proxy.Cut();
        await node.ExpectConnectedAsync(false);
    }

    [Fact]
    public async Task A_cluster_is_asked_for_by_the_driver_or_by_the_mode()
    {
        var servers = await cluster.GetAsync();
        var redis = new RedisOptions { Password = ClusterRedis.Password, Db = 3 };
        var nodes = servers.Ports.Select(static port => $"127.0.0.1:{port}").ToArray();
        AdapterOptions[] adapters =
        [
            new() { Driver = AdapterDriver.RedisCluster, Cluster = new AdapterClusterOptions { Nodes = [$"redis://:{ClusterRedis.Password}@{nodes[1]}"], Prefix = "cluster" } },
            new() { Driver = AdapterDriver.Redis, Redis = new AdapterRedisOptions { ClusterMode = true, Prefix = "cluster" } },
        ];
        await using var a = await StartAsync(adapters[0], redis);
        await using var b = await StartAsync(adapters[1], redis with { ClusterNodes = nodes });
        await a.SubscribeAsync("dir");
        await b.PublishAsync("dir", "here");
        await a.ExpectTextsAsync("dir", "here");
    }

    private static Task<BusNode> StartAsync(AdapterOptions adapter, RedisOptions redis) =>
        BusNode.StartAsync(RedisBus.Create(adapter, redis, "node x", TimeProvider.System, NullLoggerFactory.Instance));
}
