using Microsoft.Extensions.Logging.Abstractions;
using Sockudo.Server.Options;
using Sockudo.Specification.Backends;

namespace Sockudo.Redis.Tests;

/// <summary>Buses over the servers of the tests.</summary>
internal static class Buses
{
    public static RedisBus Over(RedisTarget target, string nodeName, string prefix, RedisTarget? listening = null) =>
        new(target, listening, prefix, nodeName, TimeProvider.System, NullLoggerFactory.Instance);

    public static RedisTarget To(int port) => new() { Options = new RedisOptions { Port = port, ConnectTimeoutMs = 2000, CommandTimeoutMs = 2000 } };

    public static RedisTarget To(RedisClusterServers cluster) => new()
    {
        Options = new RedisOptions { Password = cluster.Password, ConnectTimeoutMs = 2000, CommandTimeoutMs = 2000 },
        IsCluster = true,
        Seeds = [.. cluster.Ports.Take(2).Select(static port => $"127.0.0.1:{port}")],
        SeedsKey = "adapter.cluster.nodes",
    };

    public static RedisTarget To(RedisSentinels sentinels, string password, string sentinelPassword) => new()
    {
        Options = new RedisOptions
        {
            Password = password,
            Sentinels = [.. sentinels.Ports.Select(static port => $"127.0.0.1:{port}")],
            SentinelPassword = sentinelPassword,
            Name = RedisSentinels.Name,
            ConnectTimeoutMs = 2000,
            CommandTimeoutMs = 2000,
        },
    };
}
