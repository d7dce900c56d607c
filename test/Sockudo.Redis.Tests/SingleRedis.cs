using Sockudo.Specification.Backends;

namespace Sockudo.Redis.Tests;

/// <summary>A Redis server that lets everybody in.</summary>
public sealed class SingleRedis() : LazyServer<RedisServer>(static () => RedisServer.StartAsync());
